export { FileDocumentStore, type FileDocumentStoreOptions } from './file-documents.ts';
export { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
export { KeyValueDocumentStore, type KeyValueDocumentStoreOptions } from './key-value-documents.ts';
export { SqliteDocumentStore, type SqliteDocumentStoreOptions } from './sqlite-documents.ts';
export { SqliteKeyValueStore, type SqliteKeyValueStoreOptions } from './sqlite.ts';
