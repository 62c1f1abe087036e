export { IncrementalJson } from './incremental-json.ts';
export {
  type IncrementalJsonOptions,
  type JsonFailure,
  type JsonKind,
  type JsonRange,
} from './json-options.ts';
export { replyStart } from './reasoning.ts';
export type { JsonRepair, JsonRepairKind } from './json-repair.ts';
