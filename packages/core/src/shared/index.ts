export { finiteNumber, oneOf, wholeNumber, type NumberBounds } from './options.ts';
export { jsonText, MAX_METADATA_DEPTH, plainJson, type PlainJsonOptions } from './plain-json.ts';
