/** What a new workflow begins with: every kind of step that is built in, in a flow that does something real. */
export const template = (origin: string) => `# A step starts as soon as everything it needs is done.
# \${{ ... }} holds an expression over inputs, steps, item and run.
name: First look

inputs:
  url:
    type: string
    default: ${origin}/health
    description: An address that answers with JSON

timeout: 5m

steps:
  fetch:
    uses: http
    with:
      method: GET
      url: "\${{ inputs.url }}"
    retry: { attempts: 3, backoff: exponential, initial: 1s, max: 10s, jitter: true }
    timeout: 20s

  machine:
    uses: shell
    with:
      run: |
        echo "Looking around"
        uname -srm
        date -u

  parts:
    needs: [fetch]
    uses: node
    with:
      input: { body: "\${{ steps.fetch.output.body }}" }
      code: |
        return Object.entries(input.body).map(([name, value]) => ({ name, value }))

  check:
    needs: [parts]
    foreach: "\${{ steps.parts.output }}"
    concurrency: 4
    uses: node
    with:
      input: { part: "\${{ item }}" }
      code: |
        return { ...input.part, fine: input.part.value !== 'unhealthy' }

  done:
    needs: [check, machine]
    uses: noop

outputs:
  looked: "\${{ steps.check.output.size() }}"
  fine: "\${{ steps.check.output.filter(part, part.fine).size() }}"
`
