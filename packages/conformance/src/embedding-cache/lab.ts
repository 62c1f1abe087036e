import { MortiseError } from '@mortise/core';
import {
  BaseEmbedding,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type EmbeddingModel,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { canonicalJson, framed, sha256Hex } from '@mortise/core/shared';
import { MemoryKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import { nameOf, sentAs, vectorOf } from '../embedding/lab.ts';
import { pause } from '../shared/helpers.ts';
import type { EmbeddingCacheSubject } from './subject.ts';

export const DIMENSIONS = 4;
export const BATCH = 4;
export const PROVIDER = 'conformance';
/** What its application calls the lab's server. */
export const SERVER_NAME = 'eu-gateway';
export const NAMESPACE = 'embedding';

/** A model that remembers what it was asked, one entry a request. A text `bad` fails, a text `slow` takes its time. */
export class LabEmbedding extends BaseEmbedding {
  override readonly metadata: EmbeddingMetadata = {
    dimensions: DIMENSIONS,
    maxBatchSize: BATCH,
    asymmetric: true,
    inputModalities: ['text', 'image'],
  };
  readonly requests: (readonly EmbeddingInput[])[] = [];
  readonly #delayMs: number;

  constructor(delayMs = 0) {
    super({ provider: PROVIDER, model: 'conformance-1', name: SERVER_NAME, retry: false });
    this.#delayMs = delayMs;
  }

  override async doEmbed(inputs: readonly EmbeddingInput[], { kind }: EmbedRequest): Promise<EmbedReply> {
    this.requests.push(inputs);
    if (this.#delayMs > 0 || inputs.includes('slow')) await pause(Math.max(this.#delayMs, 50));
    if (inputs.includes('bad')) throw new MortiseError('server', 'The model is down.', { retryable: false });
    return {
      embeddings: inputs.map((input) => vectorAs(kind, input)),
      usage: { inputTokens: inputs.length },
    };
  }
}

/** The same as a model that is no `BaseEmbedding` and calls nobody back. */
export function plainModel(inner: LabEmbedding): EmbeddingModel {
  const { provider, model, metadata } = inner;
  return {
    provider,
    model,
    metadata,
    embedQuery: (query, options) => inner.embedQuery(query, options),
    embedText: (text, options) => inner.embedText(text, options),
    embedTexts: (list, options) =>
      inner.embedTexts(list, { ...options, onBatch: undefined, onProgress: undefined }),
    embedStream: (list, options) =>
      inner.embedStream(list, { ...options, onBatch: undefined, onProgress: undefined }),
  };
}

export function vectorAs(kind: string, input: EmbeddingInput): Float32Array {
  return vectorOf(`${kind}:${nameOf(sentAs(input))}`, DIMENSIONS);
}

/** The published key, by the rule and not by the implementation. */
export function keyOf(input: EmbeddingInput, kind = 'document'): string {
  const fields = [PROVIDER, 'conformance-1', String(DIMENSIONS), kind].map(framed).join('');
  const last = typeof input === 'string' ? framed(input) : `b${framed(canonicalJson(input))}`;
  return sha256Hex(`mortise-embedding-1${fields}${last}`);
}

export function textsOf(count: number): string[] {
  return Array.from({ length: count }, (_unused, at) => `text ${at}`);
}

/** Whether each text has its own vector, as a document. */
export function checkEach(
  { check }: CaseContext<EmbeddingCacheSubject>,
  texts: readonly EmbeddingInput[],
  vectors: readonly (Float32Array | undefined)[],
  what: string,
): void {
  check.equal(
    vectors.map((vector) => [...(vector ?? [])]),
    texts.map((text) => [...vectorAs('document', text)]),
    `${what}: the vectors`,
  );
}

/** A store in memory, some of its members replaced. */
export function spied(
  members: Partial<KeyValueStore> = {},
  store: KeyValueStore = new MemoryKeyValueStore(),
): KeyValueStore {
  return {
    get: (key, options) => store.get(key, options),
    set: (key, value, options) => store.set(key, value, options),
    delete: (key, options) => store.delete(key, options),
    getMany: (keys, options) => store.getMany(keys, options),
    setMany: (entries, options) => store.setMany(entries, options),
    iterate: (options) => store.iterate(options),
    ...members,
  };
}

/** Which of the texts are in the store. */
export async function keptIn(store: KeyValueStore, texts: readonly string[]): Promise<string[]> {
  const values = await store.getMany(
    texts.map((text) => keyOf(text)),
    { namespace: NAMESPACE },
  );
  return texts.filter((_text, at) => values[at] !== undefined);
}
