export * from './readers/index.ts';
export * from './retrievers/index.ts';
export * from './splitters/index.ts';
export * from './stores/index.ts';
