/** A process of its own on a folder: `node writer.ts FOLDER NAME`. It writes the same 30 entries as its siblings, 5 times. */
import { createTextNode } from '@mortise/core';
import { LanceDbVectorStore } from '@mortise/lancedb';

const [uri = '', name = ''] = process.argv.slice(2);
await using store = new LanceDbVectorStore({ uri });
for (let round = 0; round < 5; round++) {
  const ids = Array.from({ length: 30 }, (_, at) => `${round}-${at}`);
  const entries = [...ids, `only ${name} ${round}`].map((id) => ({
    node: createTextNode({ id, text: name }),
    embedding: Float32Array.of(1, round),
  }));
  await store.upsert(entries);
}
