import type { DefinitionSource, WorkflowVerdict } from '@orrery/shared-types'
import { compileWorkflow } from './plan.ts'

/** Says all that is wrong with a definition, with the graph to draw where there is one. */
export function validateWorkflow(definition: DefinitionSource): WorkflowVerdict {
  const { plan, errors, definition: parsed } = compileWorkflow(definition)
  return { valid: errors.length === 0, errors, graph: plan?.graph ?? null, inputs: parsed?.inputs ?? {} }
}
