import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  documentStoreConformance,
  keyValueConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { MemoryKeyValueStore } from '@mortise/core/store';
import {
  FileDocumentStore,
  FileKeyValueStore,
  KeyValueDocumentStore,
  SqliteDocumentStore,
  SqliteKeyValueStore,
} from '@mortise/stores';

function folder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'mortise-stores-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

const ONE_MACHINE = 'It is for one machine; what several share is in Postgres or Redis.';

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/stores` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  const results: ConformanceResults[] = [];
  results.push(
    keyValueConformance(test, {
      name: 'files',
      declares: ['persistence', 'iterate', 'failure'],
      reasons: {
        'compare-and-set':
          "A rename does not ask what it replaces, and a lock that ends with its process is SQLite's.",
        lock: ONE_MACHINE,
      },
      open() {
        const { path, remove } = folder();
        const directory = join(path, 'made', 'by', 'the store');
        const open = () => new FileKeyValueStore({ directory });
        return { store: open(), reopen: open, close: remove };
      },
      broken() {
        const { path, remove } = folder();
        // Where a folder should be there is a file, which fails for root too.
        writeFileSync(join(path, 'file'), '');
        return { store: new FileKeyValueStore({ directory: join(path, 'file') }), close: remove };
      },
    }),
  );

  for (const durable of [false, true]) {
    results.push(
      keyValueConformance(test, {
        name: durable ? 'sqlite, durable' : 'sqlite',
        declares: ['persistence', 'iterate', 'failure', 'compare-and-set'],
        reasons: { lock: ONE_MACHINE },
        open() {
          const { path, remove } = folder();
          const stores: SqliteKeyValueStore[] = [];
          const open = () => {
            const store = new SqliteKeyValueStore({ path: join(path, 'store.sqlite'), durable });
            stores.push(store);
            return store;
          };
          const close = (): void => {
            for (const store of stores) store.close();
            remove();
          };
          return { store: open(), reopen: open, close };
        },
        broken() {
          const { path, remove } = folder();
          writeFileSync(
            join(path, 'store.sqlite'),
            'This is no database, and long enough to be seen as none.'.repeat(99),
          );
          const store = new SqliteKeyValueStore({ path: join(path, 'store.sqlite') });
          return { store, close: () => (store.close(), remove()) };
        },
      }),
    );
  }
  return [...results, ...documentStores(test)];
}

function documentStores(test: TestFunctions): ConformanceResults[] {
  const files = documentStoreConformance(test, {
    name: 'files',
    declares: ['persistence', 'failure', 'lock'],
    open() {
      const { path, remove } = folder();
      const open = () => new FileDocumentStore({ directory: join(path, 'made', 'by', 'the store') });
      return { store: open(), reopen: open, close: remove };
    },
    broken() {
      const { path, remove } = folder();
      writeFileSync(join(path, 'file'), '');
      return { store: new FileDocumentStore({ directory: join(path, 'file') }), close: remove };
    },
  });

  const sqlite = documentStoreConformance(test, {
    name: 'sqlite',
    declares: ['persistence', 'failure', 'lock', 'terms'],
    open() {
      const { path, remove } = folder();
      const stores: SqliteDocumentStore[] = [];
      const open = () => {
        const store = new SqliteDocumentStore({ path: join(path, 'documents.sqlite') });
        stores.push(store);
        return store;
      };
      const close = (): void => {
        for (const store of stores) store.close();
        remove();
      };
      return { store: open(), reopen: open, close };
    },
    broken() {
      const { path, remove } = folder();
      const file = join(path, 'documents.sqlite');
      writeFileSync(file, 'This is no database, and long enough to be seen as none.'.repeat(99));
      const store = new SqliteDocumentStore({ path: file });
      return { store, close: () => (store.close(), remove()) };
    },
  });

  const keyValue = documentStoreConformance(test, {
    name: 'key-value',
    declares: ['persistence'],
    reasons: {
      failure: 'Its key-value store fails, which is tested there.',
      lock: 'A key-value store has no means of keeping another writer out.',
    },
    open() {
      const store = new MemoryKeyValueStore({ maxBytes: Infinity });
      const open = () => new KeyValueDocumentStore({ store });
      return { store: open(), reopen: open };
    },
  });
  return [files, sqlite, keyValue];
}
