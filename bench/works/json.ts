import { createHash } from 'node:crypto';
import { JsonParser, streamJson } from '@mortise/toolkit/parsers';
import { race } from '../run/contenders.ts';
import type { Contender, Work } from '../run/work.ts';

const DELTAS = 10_000;
const CHARACTERS = 200_000;
const words = 'the quick brown fox jumps over the lazy dog and finds that it is not as lazy as it looked';

/** Records in sections, some 700 characters each: what a model writes when it fills in a long form. */
function form(): string {
  const sections: Record<string, unknown> = {};
  for (let at = 0; JSON.stringify(sections).length < CHARACTERS; at++)
    sections[`section${at}`] = Object.fromEntries(
      Array.from({ length: 10 }, (_, id) => [
        `record${id}`,
        {
          id,
          title: `Record ${id} of ${at}`,
          score: id / 7,
          tags: ['one', 'two', null, id % 2 === 0],
          note: words,
        },
      ]),
    );
  return JSON.stringify(sections);
}

function chunks(): string[] {
  const text = form();
  const length = Math.ceil(text.length / DELTAS);
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

async function* each(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function last(values: AsyncIterable<unknown>): Promise<() => string> {
  let latest: unknown;
  for await (const value of values) latest = value;
  return () => createHash('sha256').update(JSON.stringify(latest)).digest('hex');
}

export const contenders: Readonly<Record<string, Contender>> = {
  async jsonriver() {
    const { parse } = await import('jsonriver');
    const pieces = chunks();
    return () => last(parse(each(pieces)));
  },
  'Mortise, JsonParser': () => {
    const pieces = chunks();
    return () => last(new JsonParser().stream(each(pieces)));
  },
  'Mortise, streamJson': () => {
    const pieces = chunks();
    return () => last(streamJson(each(pieces)));
  },
};

/** They parse all of it again at each delta, and need a minute or so: asked once, in a race of their own. */
const again: Readonly<Record<string, Contender>> = {
  async 'AI SDK'() {
    const { parsePartialJson } = await import('ai');
    const pieces = chunks();
    return async () => {
      let text = '';
      let value: unknown;
      for (const piece of pieces) ({ value } = await parsePartialJson((text += piece)));
      return createHash('sha256').update(JSON.stringify(value)).digest('hex');
    };
  },
  async LangChain() {
    const { JsonOutputParser } = await import('@langchain/core/output_parsers');
    const pieces = chunks();
    return () => last(new JsonOutputParser().transform(each(pieces), {}));
  },
};
Object.assign(contenders, again);

export const works: readonly Work[] = [
  {
    name: 'partial-json',
    title: 'JSON while it is written: 200 KB in 10,000 deltas',
    about:
      'The value after each delta, as a snapshot that later ones do not change (`jsonriver` and `streamJson` write on in one value); the last values are the same. The AI SDK and LangChain parse all of it again at each delta, and are asked once.',
    limits: [
      { of: 'Mortise, JsonParser', to: 'jsonriver', by: 'cpuMs', atMost: 1 },
      { of: 'Mortise, streamJson', to: 'jsonriver', by: 'cpuMs', atMost: 1 },
    ],
    async measure(rounds) {
      const file = import.meta.filename;
      const quick = Object.fromEntries(Object.entries(contenders).filter(([name]) => !(name in again)));
      return [
        ...(await race({ file, contenders: quick, rounds: 15 }, rounds)),
        ...(await race({ file, contenders: again, rounds: 1, warm: false })),
      ];
    },
  },
];
