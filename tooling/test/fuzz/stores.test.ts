import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryKeyValueStore } from '@mortise/core/store';
import * as stores from '@mortise/stores';
import { afterAll } from 'vitest';
import { fuzz } from './fuzz.ts';
import { documentTargets, keyValueTargets } from './stores-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// What a path is spoilt with would be made in the folder where the tests run.
const home = process.cwd();
process.chdir(folder);
afterAll(() => process.chdir(home));

const directory = () => ({ directory: join(folder, 'files'), durable: false, maxBytes: 1_000_000 });
const file = () => ({ path: ':memory:', durable: false });

fuzz('packages/stores', [
  ...keyValueTargets('FileKeyValueStore', directory, (given) => new stores.FileKeyValueStore(given)),
  ...keyValueTargets('SqliteKeyValueStore', file, (given) => new stores.SqliteKeyValueStore(given)),
  ...documentTargets('FileDocumentStore', directory, (given) => new stores.FileDocumentStore(given)),
  ...documentTargets('SqliteDocumentStore', file, (given) => new stores.SqliteDocumentStore(given)),
  ...documentTargets(
    'KeyValueDocumentStore',
    () => ({ store: new MemoryKeyValueStore(), namespace: 'n' }),
    (given) => new stores.KeyValueDocumentStore(given),
  ),
]);
