import type { JsonObject } from '@mortise/core/shared';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { ask, at, objectIn, refusalOf, type ServerSubject } from './ask.ts';

type Context = CaseContext<ServerSubject>;

const PATH = 'embeddings';
const TEXTS = ['A mortise is a hole.', 'A tenon fits into it.', 'Bread is baked for forty minutes.'];
/** How far two vectors of one text may be apart in a component: batches are computed in another order than texts alone. */
const NEAR = 0.02;

async function embedded(
  { subject, check }: Context,
  input: string | string[],
  more: JsonObject = {},
): Promise<unknown[]> {
  const answer = await ask(subject, PATH, { model: subject.model, input, ...more });
  if (answer.status !== 200) throw new Error(`It answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  const rows = objectIn(answer)['data'];
  check.ok(Array.isArray(rows), 'there is no list of data');
  return rows as unknown[];
}

function vectorsOf({ check }: Context, rows: readonly unknown[], count: number): number[][] {
  check.equal(
    rows.map((row) => at(row, 'index')).toSorted((a, b) => Number(a) - Number(b)),
    Array.from({ length: count }, (_, place) => place),
    'the places',
  );
  const vectors: number[][] = [];
  for (const row of rows) vectors[Number(at(row, 'index'))] = at(row, 'embedding') as number[];
  for (const vector of vectors)
    check.ok(
      Array.isArray(vector) && vector.length > 0 && vector.every(Number.isFinite),
      'a vector is no list of numbers',
    );
  check.equal(new Set(vectors.map(({ length }) => length)).size, 1, 'how many lengths the vectors have');
  return vectors;
}

function furthest(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, place) => Math.max(most, Math.abs(value - (b[place] ?? Infinity))), 0);
}

/** What a server of embeddings must do. */
export const embeddingServerCases: readonly ConformanceCase<ServerSubject>[] = [
  {
    id: 'server.embeddings',
    rule: 'M-02',
    title: 'gives a vector of one length for each text, with its place',
    requires: [],
    run: async (context) => void vectorsOf(context, await embedded(context, TEXTS), TEXTS.length),
  },
  {
    id: 'server.embeddings.order',
    rule: 'M-02',
    title: 'gives each text the vector that it has alone (two requests)',
    requires: [],
    async run(context) {
      const all = vectorsOf(context, await embedded(context, TEXTS), TEXTS.length);
      const [alone] = vectorsOf(context, await embedded(context, [TEXTS[0]!]), 1);
      const [own, ...others] = all.map((vector) => furthest(vector, alone!));
      context.check.ok(own! < NEAR, `the vector of a text in a batch is ${own} from its vector alone`);
      context.check.ok(
        others.every((other) => other > own!),
        'other texts have the same vector',
      );
    },
  },
  {
    id: 'server.embeddings.base64',
    rule: 'M-02',
    title: 'gives vectors in base64 as it gives them in numbers (two requests)',
    requires: ['base64'],
    async run(context) {
      const [numbers] = vectorsOf(context, await embedded(context, [TEXTS[0]!]), 1);
      const [row] = await embedded(context, [TEXTS[0]!], { encoding_format: 'base64' });
      const text = at(row, 'embedding');
      context.check.equal(typeof text, 'string', 'the type of a vector in base64');
      const bytes = new Uint8Array(Buffer.from(String(text), 'base64'));
      context.check.equal(bytes.length, numbers!.length * 4, 'the bytes of a vector');
      context.check.ok(furthest(numbers!, [...new Float32Array(bytes.buffer)]) < NEAR, 'the two differ');
    },
  },
  {
    id: 'server.embeddings.usage',
    rule: 'L-01',
    title: 'counts the tokens of the texts',
    requires: ['usage'],
    async run(context) {
      const { subject, check } = context;
      const answer = await ask(subject, PATH, { model: subject.model, input: TEXTS });
      const count = at(objectIn(answer), 'usage', 'prompt_tokens');
      check.ok(Number.isSafeInteger(count) && Number(count) > 0, `prompt_tokens is ${String(count)}`);
    },
  },
  {
    id: 'server.embeddings.many',
    rule: 'M-01',
    title: 'takes 32 texts at once',
    requires: [],
    async run(context) {
      const many = Array.from({ length: 32 }, (_, place) => `The text number ${place}.`);
      vectorsOf(context, await embedded(context, many), many.length);
    },
  },
  {
    id: 'server.embeddings.refuses',
    rule: 'E-04',
    title: 'refuses an input that is none, in JSON',
    requires: [],
    async run({ subject, check }) {
      const answer = await ask(subject, PATH, { model: subject.model, input: { text: 'hello' } });
      check.ok(refusalOf(answer) !== undefined, `it answered ${answer.status}, ${answer.text.slice(0, 120)}`);
    },
  },
];

/** Requests and tokens that the cases may cost at most, to be told before. */
export const EMBEDDING_COST = { requests: embeddingServerCases.length + 2, tokens: 500 } as const;
