export * from './readers/index.ts';
export * from './splitters/index.ts';
