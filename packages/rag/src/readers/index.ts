export { DEFAULT_INCLUDE, DirectoryReader, type DirectoryReaderOptions } from './directory.ts';
export { FilesReader, type FilesReaderOptions } from './files.ts';
