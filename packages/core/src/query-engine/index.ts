export type { QueryEngine, QueryOptions } from './contract.ts';
