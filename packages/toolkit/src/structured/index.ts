export { structuredStream, type StructuredStream } from './structured-stream.ts';
export {
  structured,
  type StructuredMode,
  type StructuredOptions,
  type StructuredResult,
} from './structured.ts';
