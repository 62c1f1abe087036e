export { KeyvKeyValueStore, type KeyvLike } from './store.ts';
