import { documentStoreConformance } from '@mortise/conformance';
import type { KeyValueStore } from '@mortise/core/store';
import { describe, expect, it } from 'vitest';
import { FrozenDocumentStore } from '../src/document-store.ts';
import { FrozenKeyValueStore } from '../src/index.ts';

const fails = () => Promise.reject(new Error('The disk is gone.'));
const broken: KeyValueStore = {
  get: fails,
  set: fails,
  delete: fails,
  getMany: fails,
  setMany: fails,
  async *iterate() {
    yield await fails();
  },
};

documentStoreConformance(
  { describe, it },
  {
    name: 'frozen',
    open() {
      const store = new FrozenKeyValueStore();
      return { store: new FrozenDocumentStore(store), reopen: () => new FrozenDocumentStore(store) };
    },
    broken: () => ({ store: new FrozenDocumentStore(broken) }),
    declares: ['persistence', 'failure', 'lock'],
  },
);

it('S-01: refuses a store that lacks a member, and names it', () => {
  const store = { ...broken, setMany: undefined } as unknown as KeyValueStore;
  expect(() => new FrozenDocumentStore(store)).toThrow('setMany');
});
