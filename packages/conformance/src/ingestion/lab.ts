import { Buffer } from 'node:buffer';
import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import { BaseEmbedding, type EmbedReply } from '@mortise/core/embedding';
import { createDocument, nodeToJson, sourceId, type Document, type Node } from '@mortise/core/retriever';
import type { SourceRecord } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import { collect } from '../shared/helpers.ts';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import type { IngestionStores, IngestionSubject, IngestionTask } from './subject.ts';

/** Texts with this word are refused. */
export const POISON = 'unembeddable';

/** Vectors that tell texts apart, and what was asked for. */
export class CountingEmbedding extends BaseEmbedding {
  override readonly metadata = { maxBatchSize: 4, asymmetric: false, dimensions: 3 };
  readonly texts: string[] = [];
  /** A text with this word is refused. */
  static readonly poison = POISON;
  /** Called with each request. */
  onRequest: () => void = () => undefined;

  constructor() {
    super({ provider: 'conformance', model: 'counting', retry: false });
  }

  async doEmbed(inputs: readonly string[], _request: unknown, { signal }: Attempt): Promise<EmbedReply> {
    this.onRequest();
    signal.throwIfAborted();
    if (inputs.some((text) => text.includes(POISON))) {
      throw new MortiseError('invalid-request', 'The model does not take one of the texts.');
    }
    this.texts.push(...inputs);
    return {
      embeddings: inputs.map((text) => [
        1,
        text.length,
        Buffer.from(text).reduce((sum, byte) => sum + byte, 0),
      ]),
    };
  }
}

export function documentOf(id: string, ...sentences: readonly string[]): Document {
  return createDocument({ id, text: sentences.join('\n\n') });
}

/** A document of several nodes, whatever cuts it. */
export function long(id: string, word: string, paragraphs = 3): Document {
  const sentence = (n: number): string => `${`Paragraph ${n} says ${word} again and again. `.repeat(40)}`;
  return documentOf(id, ...Array.from({ length: paragraphs }, (_, n) => sentence(n)));
}

/** One run over these documents; of the items in `broken` something could not be read. */
export function taskOf(
  stores: IngestionStores,
  documents: readonly Document[],
  broken: readonly string[] = [],
  more: Partial<Pick<IngestionTask, 'embedding' | 'signal'>> = {},
): IngestionTask {
  const reader = readerOf(documents, broken);
  return { stores, documents, reader, embedding: new CountingEmbedding(), ...more };
}

/** Reads the documents in their order; what is broken fails behind them. */
function readerOf(documents: readonly Document[], broken: readonly string[]): Reader {
  return {
    async *read({ signal, onError }: ReadOptions = {}) {
      for (const document of documents) {
        signal?.throwIfAborted();
        yield structuredClone(document);
      }
      for (const item of broken)
        onError?.({ item, error: new MortiseError('parse', `${item} cannot be read: it is torn.`) });
    },
  };
}

export async function opened(context: CaseContext<IngestionSubject>): Promise<IngestionStores> {
  const stores = await context.subject.open();
  context.after(() => stores.close?.());
  return stores;
}

/** What a reader finds, by document: each node's text, sorted. */
export async function shown(
  subject: IngestionSubject,
  stores: IngestionStores,
): Promise<Map<string, string>> {
  const texts = new Map<string, string[]>();
  for (const node of await subject.visible(stores)) {
    const id = sourceId(node) ?? '';
    texts.set(id, [...(texts.get(id) ?? []), node.text]);
  }
  return new Map([...texts].map(([id, list]) => [id, list.sort().join('\n---\n')]));
}

/** Everything that the stores hold, in an order of its own: two indexes of equal dumps are equal. */
export async function dump({ documents, vectors }: IngestionStores): Promise<{
  records: SourceRecord[];
  nodes: Record<string, unknown>[];
  vectors: Record<string, unknown>[];
}> {
  const records = (await collect(documents.sources())).sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
  const nodes = sorted(await collect(documents.iterate()));
  const { dimensions } = vectors.support;
  const found =
    dimensions === undefined
      ? []
      : await vectors.query({ topK: 10_000, embedding: new Float32Array(dimensions).fill(1) });
  const scores = new Map(found.map(({ node, score }) => [node.id, score]));
  const searched = sorted(found.map(({ node }) => node)).map((node) => {
    return { ...node, score: scores.get(node['id'] as string) };
  });
  return { records, nodes, vectors: searched };
}

function sorted(nodes: readonly Node[]): Record<string, unknown>[] {
  return nodes.map(nodeToJson).sort((a, b) => ((a['id'] as string) < (b['id'] as string) ? -1 : 1));
}
