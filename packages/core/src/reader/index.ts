export { BaseReader } from './base.ts';
export type {
  FileFormat,
  ReadCall,
  Reader,
  ReadFailure,
  ReadItem,
  ReadOptions,
  ReadProgress,
  SourceFile,
} from './contract.ts';
export { createTextDecoder, decodeText, type PieceDecoder } from './decode.ts';
export {
  DEFAULT_MAX_FILE_BYTES,
  filePieces,
  readBytes,
  readText,
  tooLarge,
  type ReadTextOptions,
} from './read-text.ts';
