export { csvFormat, type CsvOptions, type CsvRecord } from './csv.ts';
export { DEFAULT_INCLUDE, DirectoryReader, type DirectoryReaderOptions } from './directory.ts';
export { FilesReader, type FileItem, type FilesReaderOptions } from './files.ts';
export { jsonLinesFormat, type JsonLinesOptions } from './json-lines.ts';
export { jsonFormat, type JsonOptions } from './json.ts';
export type { RecordOptions } from './records.ts';
export { markdownFormat, textFormat } from './text.ts';
