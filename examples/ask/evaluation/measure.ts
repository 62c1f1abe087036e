import { join } from 'node:path';
import { FilesReader, type DocumentIndex } from '@mortise/rag';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { QueryEngine } from '@mortise/core/query-engine';
import type { Reader } from '@mortise/core/reader';
import { sourceId } from '@mortise/core/retriever';
import { createEngine } from '../engine.ts';
import { ExtractiveLLM } from '../extractive-llm.ts';
import { openSavedIndex, updateIndex } from '../indexing.ts';
import { findDocuments, questions, type Answerable, type Unanswerable } from './documents.ts';

/** Gone with the install it belongs to. What changed since is embedded again, whatever it is. */
export const CACHE = join(import.meta.dirname, '../node_modules/.cache/evaluation');

export interface Measured {
  readonly question: string;
  readonly split: 'tune' | 'check';
  /** The document that should come first; absent where none answers. */
  readonly expected?: string;
  /** The document that did; absent where the question was refused. */
  readonly first?: string;
  readonly refused: boolean;
  /** Of the first source, or of the best candidate of a refused question. */
  readonly coverage: number;
  readonly similarity: number;
  /** The expected phrase stands in the answer's sources. */
  readonly holdsPhrase: boolean;
}

export interface Figures {
  /** Of the answerable ones: the first source is the expected document. */
  readonly rightFirst: number;
  /** Of the answerable ones: refused all the same. */
  readonly answerableRefused: number;
  /** Of the unanswerable ones: refused, as they should be. */
  readonly unanswerableRefused: number;
  /** Of the answerable ones: the phrase that answers stands in a source that the model is given. */
  readonly phraseGiven: number;
}

/** Every question of the set, asked of the program's own engine. */
export async function measure(embedding: EmbeddingModel, directory: string): Promise<Measured[]> {
  const index = await openSavedIndex(directory, embedding);
  const { skipped } = await updateIndex(index, documents());
  if (skipped.length > 0) throw new Error(skipped.map(({ reason }) => reason).join('\n'));
  const engine = createEngine(index, new ExtractiveLLM());
  const measured: Measured[] = [];
  for (const asked of [...questions.answerable, ...questions.unanswerable]) {
    measured.push(await measureOne(engine, index, asked));
  }
  return measured;
}

async function measureOne(
  engine: QueryEngine,
  index: DocumentIndex,
  asked: Unanswerable | Answerable,
): Promise<Measured> {
  const { question, split } = asked;
  const { source: expected, phrase = '' } = asked as Partial<Answerable>;
  const { sources, outcome } = await engine.query(question);
  const best = sources[0] ?? (await index.retriever({ topK: 1 }).retrieve(question))[0];
  const first = sources[0] === undefined ? undefined : sourceId(sources[0].node);
  return {
    question,
    split,
    ...(expected === undefined ? {} : { expected }),
    ...(first === undefined ? {} : { first }),
    refused: outcome === 'no-nodes',
    coverage: best?.evidence?.coverage ?? 0,
    similarity: best?.evidence?.similarity ?? 0,
    holdsPhrase: sources.some(({ node }) => joined(node.text).includes(joined(phrase))),
  };
}

export function figuresOf(measured: readonly Measured[]): Figures {
  const answerable = measured.filter(({ expected }) => expected !== undefined);
  const unanswerable = measured.filter(({ expected }) => expected === undefined);
  return {
    rightFirst: answerable.filter(({ expected, first }) => expected === first).length,
    answerableRefused: answerable.filter(({ refused }) => refused).length,
    unanswerableRefused: unanswerable.filter(({ refused }) => refused).length,
    phraseGiven: answerable.filter(({ holdsPhrase }) => holdsPhrase).length,
  };
}

/** By package and file, as a reader knows them: where an install put them is nobody's question. */
function documents(): Reader {
  const places = new Map(findDocuments().map(({ name, path }) => [path, name]));
  const reader = new FilesReader({ files: [...places.keys()], id: (path) => places.get(path) ?? path });
  return {
    async *read(options) {
      for await (const document of reader.read(options))
        yield { ...document, metadata: { ...document.metadata, path: document.id } };
    },
  };
}

function joined(text: string): string {
  return text.replace(/\s+/g, ' ');
}
