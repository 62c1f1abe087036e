// What a reader does who may not write: each call's value, or the code of its error. Plain JavaScript, since it is run
// by Node itself, as another user where the tests run as root. Argument: the database's path.
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';

const [path] = process.argv.slice(2);
const store = new SqliteVecVectorStore({ path });
const missing = new SqliteVecVectorStore({ path: `${path}.missing` });
const embedding = Float32Array.of(1, 0);
const calls = {
  query: async () => (await store.query({ topK: 1, embedding })).map(({ node }) => node.id),
  nothing: () => store.delete({ ids: [] }).then(() => 'done'),
  upsert: () => store.upsert([{ node: { type: 'text', id: 'b', text: '', metadata: {} }, embedding }]),
  delete: () => store.delete({ ids: ['a'] }),
  missing: () => missing.query({ topK: 1, embedding }),
};
const results = {};
for (const [name, call] of Object.entries(calls)) results[name] = await call().catch((error) => error.code);
process.stdout.write(JSON.stringify(results));
