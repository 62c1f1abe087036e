// A run that is killed: brings the index in a folder to a generation of the corpus. Arguments: the folder, the kind
// of vector store, the number of documents, the generation. It says when it begins, and each batch that it asks for, in a line of `asked.jsonl`.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BaseEmbedding, type EmbedReply } from '@mortise/core/embedding';
import { IngestionPipeline, SentenceSplitter } from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import { corpus } from './corpus.ts';
import { openIndexOnDisk } from './index-on-disk.ts';
import { BATCH, CONCURRENCY, DIMENSIONS } from './settings.ts';
import type { Kind } from './vectors-on-disk.ts';

const [folder = '', kind = '', count = '', generation = ''] = process.argv.slice(2);

/** 5 ms a batch, and vectors that hang on the text alone. */
class SlowEmbedding extends BaseEmbedding {
  override readonly metadata = { dimensions: DIMENSIONS, maxBatchSize: BATCH, asymmetric: false };

  async embed(inputs: readonly string[]): Promise<EmbedReply> {
    appendFileSync(join(folder, 'asked.jsonl'), `${JSON.stringify(inputs)}\n`);
    await setTimeout(5);
    return {
      embeddings: inputs.map((text) =>
        Array.from({ length: DIMENSIONS }, (_, at) => text.charCodeAt(at * 7) || at),
      ),
    };
  }
}

const { documents, vectors } = openIndexOnDisk(folder, kind as Kind);
const pipeline = new IngestionPipeline({
  documents,
  vectors: vectors.store,
  embedding: new SlowEmbedding({ provider: 'acme', model: 'slow' }),
  cache: new SqliteKeyValueStore({ path: join(folder, 'cache.sqlite') }),
  transforms: [new SentenceSplitter({ maxTokens: 40, overlap: 0 })],
  strategy: 'upserts-and-delete',
  concurrency: CONCURRENCY,
});
process.stdout.write('begins\n');
const report = await pipeline.run(corpus(Number(count), Number(generation)));
process.stdout.write(`${JSON.stringify(report)}\n`);
