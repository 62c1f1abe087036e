// A run that a test kills: embeds `text-0` to `text-N` through a cache on the disk. Plain JavaScript, since it is run
// by Node itself. Arguments: store, folder, URL of the provider, texts, batch size, concurrency.
import { join } from 'node:path';
import { BaseEmbedding } from '@mortise/core/embedding';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';
import { FileKeyValueStore, SqliteKeyValueStore } from '@mortise/stores';

const [kind, folder, url, texts, maxBatchSize, concurrency] = process.argv.slice(2);

class Remote extends BaseEmbedding {
  metadata = { maxBatchSize: Number(maxBatchSize), asymmetric: false };
  async doEmbed(inputs, _request, { signal }) {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(inputs), signal });
    return { embeddings: await response.json() };
  }
}

const cache =
  kind === 'files'
    ? new FileKeyValueStore({ directory: join(folder, 'cache') })
    : new SqliteKeyValueStore({ path: join(folder, 'cache.sqlite') });
const remote = new Remote({ provider: 'acme', model: 'remote', concurrency: Number(concurrency) });
const model = withEmbeddingCache(remote, cache);
const list = Array.from({ length: Number(texts) }, (_, n) => `text-${n}`);
const { embeddings, cached } = await model.embedTexts(list);
process.stdout.write(JSON.stringify({ cached, embeddings: embeddings.map((row) => [...row]) }));
