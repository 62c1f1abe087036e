/** A process of its own on a server: `node writer.ts URL lock|write|add`. It ends when it is killed, `add` by itself. */
import { createTextNode } from '@mortise/core';
import { PostgresDocumentStore, PostgresKeyValueStore } from '@mortise/postgres';

const [connectionString = '', task] = process.argv.slice(2);
const documents = new PostgresDocumentStore({ connectionString });
await using values = new PostgresKeyValueStore({ connectionString });

if (task === 'lock') {
  await documents.lock?.();
  console.log('begun');
  setInterval(() => undefined, 1000);
} else if (task === 'write') {
  for (let version = 1; ; version++) {
    const ids = ['a', 'b', 'c'].map((name) => `${name}${version % 5}`);
    await documents.upsert(ids.map((id) => createTextNode({ id, text: `${version}` })));
    await documents.setSource({ sourceId: 'doc', hash: `${version}`, nodeIds: ids });
    await values.setMany(ids.map((_, at) => [`k${at}`, version]));
    await documents.deleteSource('doc');
    if (version === 1) console.log('begun');
  }
} else {
  for (let added = 0; added < 100;) {
    const count = ((await values.get('count')) ?? undefined) as number | undefined;
    if (await values.compareAndSet('count', count, (count ?? 0) + 1)) added++;
  }
}
