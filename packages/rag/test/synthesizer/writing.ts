import type { NodeWithScore } from '@mortise/core/retriever';
import { BaseSynthesizer, type SynthesisEvent } from '@mortise/rag';

/** A synthesizer that writes the given pieces, whatever it is asked. */
export class Writing extends BaseSynthesizer {
  readonly #pieces: Iterable<string>;

  constructor(pieces: Iterable<string>) {
    super();
    this.#pieces = pieces;
  }

  async *doSynthesize(): AsyncGenerator<SynthesisEvent> {
    for (const delta of this.#pieces) yield { type: 'text-delta', delta };
  }
}

/** The answer that comes in these pieces, its citations checked against the sources. */
export function written(pieces: Iterable<string>, sources: readonly NodeWithScore[]) {
  return new Writing(pieces).synthesize('x', sources);
}
