export { BaseReader } from './base.ts';
export { checkedFormat } from './checked-format.ts';
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
export { createTextDecoder, decodeText } from './decode.ts';
export { DEFAULT_MAX_FILE_BYTES, filePieces, readBytes, readText, tooLarge } from './read-text.ts';
