export type { NodePostprocessor } from './contract.ts';
