export * from './databases.ts'
export * from './eventually.ts'
export * from './installation.ts'
export * from './settings.ts'
