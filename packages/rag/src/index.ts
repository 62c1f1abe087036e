export * from './index/index.ts';
export * from './query-engine/index.ts';
export * from './readers/index.ts';
export * from './retrievers/index.ts';
export * from './splitters/index.ts';
export * from './stores/index.ts';
export * from './synthesizer/index.ts';
