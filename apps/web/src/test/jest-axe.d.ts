declare module 'jest-axe' {
  export type AxeResults = { violations: unknown[] }
  export const toHaveNoViolations: jest.ExpectExtendMap
  export const configureAxe: (options: { rules: Record<string, { enabled: boolean }> }) => (html: Element | string) => Promise<AxeResults>
}
declare namespace jest {
  interface Matchers<R> {
    toHaveNoViolations(): R
  }
}
interface ImportMeta {
  jest: typeof jest
}
