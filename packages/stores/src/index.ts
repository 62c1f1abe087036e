export { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
export { SqliteKeyValueStore, type SqliteKeyValueStoreOptions } from './sqlite.ts';
