import type { EmbeddingInput } from '@mortise/core/embedding';

/** The texts that the model is given, as they come. */
export class ModelTexts implements AsyncIterable<EmbeddingInput> {
  #texts: EmbeddingInput[] = [];
  #at = 0;
  #ended = false;
  #waiting: ((next: IteratorResult<EmbeddingInput, undefined>) => void) | undefined;

  push(texts: readonly EmbeddingInput[]): void {
    this.#texts = [...this.#texts.slice(this.#at), ...texts];
    this.#at = 0;
    this.#serve();
  }

  end(): void {
    this.#ended = true;
    this.#serve();
  }

  [Symbol.asyncIterator](): AsyncIterator<EmbeddingInput, undefined> {
    return {
      next: () =>
        new Promise((resolve) => {
          this.#waiting = resolve;
          this.#serve();
        }),
    };
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const text = this.#texts[this.#at];
    if (text === undefined && !this.#ended) return;
    this.#waiting = undefined;
    this.#at++;
    waiting(text === undefined ? { done: true, value: undefined } : { done: false, value: text });
  }
}
