import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BaseEmbedding, type EmbedReply } from '@mortise/core/embedding';
import { BATCH, DIMENSIONS } from './settings.ts';

/** 5 ms a batch, and vectors that hang on the text alone. Says each batch that it is asked for in a line of `asked.jsonl`. */
export class SlowEmbedding extends BaseEmbedding {
  override readonly metadata = { dimensions: DIMENSIONS, maxBatchSize: BATCH, asymmetric: false };
  readonly #folder: string;

  constructor(folder: string) {
    super({ provider: 'acme', model: 'slow' });
    this.#folder = folder;
  }

  async doEmbed(inputs: readonly string[]): Promise<EmbedReply> {
    appendFileSync(join(this.#folder, 'asked.jsonl'), `${JSON.stringify(inputs)}\n`);
    await setTimeout(5);
    return {
      embeddings: inputs.map((text) =>
        Array.from({ length: DIMENSIONS }, (_, at) => text.charCodeAt(at * 7) || at),
      ),
    };
  }
}
