// What a reader does who may not write: each call's value, or the code of its error. Plain JavaScript, since it is run
// by Node itself, as another user where the tests run as root. Arguments: the database's path, a folder of files.
import { SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';

const [path, missing] = process.argv.slice(2);
const documents = new SqliteDocumentStore({ path });
const values = new SqliteKeyValueStore({ path });
const node = { type: 'text', id: 'a', text: 'changed', metadata: {} };
const calls = {
  get: async () => (await documents.get('a')).text,
  sources: async () => (await Array.fromAsync(documents.sources())).length,
  value: () => values.get('k'),
  upsert: () => documents.upsert([node]),
  deleteSource: () => documents.deleteSource('d'),
  set: () => values.set('k', 2),
  lock: () => documents.lock(),
  missing: () => new SqliteDocumentStore({ path: missing }).get('a'),
};
const results = {};
for (const [name, call] of Object.entries(calls)) results[name] = await call().catch((error) => error.code);
process.stdout.write(JSON.stringify(results));
