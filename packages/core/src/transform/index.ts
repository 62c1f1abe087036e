export type { NodeSplitter, Transform, TransformOptions } from './contract.ts';
