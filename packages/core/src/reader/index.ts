export type { Reader, ReadFailure, ReadOptions, ReadProgress } from './contract.ts';
