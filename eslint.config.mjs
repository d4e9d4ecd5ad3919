import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/*.test.tsx', 'tests/**', '**/src/test/**']
// Entry points read the environment once, whole; tools and tests are no part of what is shipped.
const readsEnvironment = [
  '**/config.ts',
  'services/*/src/server.ts',
  'services/*/src/worker.ts',
  '**/main.ts',
  '**/*.config.{ts,mjs}',
  'bench/**',
  'packages/testing/**',
  'packages/config/**',
  ...tests,
]

const lineLimits = (lines, functionLines) => ({
  'max-lines': ['error', { max: lines, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': functionLines ? ['error', { max: functionLines, skipBlankLines: true, skipComments: true }] : 'off',
})

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name; only tool configuration has a default export.' }
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read once, by config.ts or an entry point.',
}
const noEnvironmentImport = {
  selector: "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
  message: noEnvironment.message,
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.orrery/**', '**/coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: ['tsconfig.lint.json', 'apps/web/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...lineLimits(300, 60),
      'no-restricted-syntax': ['error', noDefaultExport, noEnvironment, noEnvironmentImport],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['error'] }],
    },
  },
  { files: readsEnvironment, rules: { 'no-restricted-syntax': ['error', noDefaultExport] } },
  { files: tests, rules: { ...lineLimits(400, 0) } },
  { files: [...tests, 'bench/**', 'packages/testing/**', 'apps/standalone/src/main.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.config.{ts,mjs}', 'packages/config/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.mjs'], rules: { ...lineLimits(300, 60) } },
)
