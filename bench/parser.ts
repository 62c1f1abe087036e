/**
 * JSON while it is written: 200 KB in 10,000 deltas, the value after each, as an object of objects and as one array of
 * 2,000 elements. Ourselves against `jsonriver`, and at twice the size. `--peers` adds the AI SDK's `parsePartialJson`
 * and LangChain's `JsonOutputParser`, once, as they take minutes.
 */
import { JsonParser, streamJson } from '@mortise/toolkit/parsers';
import { parse } from 'jsonriver';
import { compare, table, type Contender } from './measure.ts';

const DELTAS = 10_000;
const CHARACTERS = 200_000;

interface Shape {
  readonly name: string;
  make(characters: number): string;
}

const words = 'the quick brown fox jumps over the lazy dog and finds that it is not as lazy as it looked';

/** Records in sections, some 700 characters each: what a model writes when it fills in a long form. */
const nested: Shape = {
  name: 'an object',
  make(characters) {
    const sections: Record<string, unknown> = {};
    for (let at = 0; JSON.stringify(sections).length < characters; at++) {
      sections[`section${at}`] = Array.from({ length: 10 }, (_, id) => ({
        id,
        title: `Record ${id} of ${at}`,
        score: id / 7,
        tags: ['one', 'two', null, id % 2 === 0],
        note: words,
      })).reduce<Record<string, unknown>>((all, record) => ({ ...all, [`record${record.id}`]: record }), {});
    }
    return JSON.stringify(sections);
  },
};

const wide: Shape = {
  name: 'one array of 2,000 elements',
  make: (characters) =>
    JSON.stringify(
      Array.from({ length: characters / 100 }, (_, id) => ({
        id: 100_000 + id,
        name: `Element ${100_000 + id}`,
        note: words.slice(0, 43),
      })),
    ),
};

function cut(text: string, deltas: number): string[] {
  const length = Math.ceil(text.length / deltas);
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

async function* each(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

/** The last value, and for the table how many there were. */
async function last(values: AsyncIterable<unknown>, seen?: (count: number) => void): Promise<string> {
  let latest: unknown;
  let count = 0;
  for await (const value of values) {
    latest = value;
    count++;
  }
  seen?.(count);
  return JSON.stringify(latest);
}

const peers: Contender[] = [];
console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
);
for (const { name, make } of [nested, wide]) {
  const counts = new Map<string, number>();
  const contenders = (factor: number): Contender[] => {
    const chunks = cut(make(CHARACTERS * factor), DELTAS * factor);
    const label = factor === 1 ? '' : ', twice the size';
    const counted = (who: string) => (count: number) => void counts.set(who + label, count);
    return [
      { name: `jsonriver${label}`, run: () => last(parse(each(chunks)), counted('jsonriver')) },
      {
        name: `JsonParser${label}`,
        run: () => last(new JsonParser().stream(each(chunks)), counted('JsonParser')),
      },
      { name: `streamJson${label}`, run: () => last(streamJson(each(chunks)), counted('streamJson')) },
      {
        name: `streamJson, tolerant${label}`,
        run: () => last(streamJson(each(chunks), { tolerant: true }), counted('streamJson, tolerant')),
      },
    ];
  };
  const rows = await compare(contenders(1), 9);
  const twice = await compare(contenders(2), 9);
  console.log(table(`${name}: ${CHARACTERS / 1000} KB in ${DELTAS} deltas`, rows));
  console.log(table(`${name}: twice the size in twice the deltas`, twice));
  console.log('\nCPU at twice the size, and values seen:');
  for (const [at, { name: who, cpuMs }] of rows.entries()) {
    const ratio = ((twice[at]?.cpuMs ?? Number.NaN) / cpuMs).toFixed(2);
    console.log(
      `- ${who}: ${ratio} times; ${counts.get(who)} and ${counts.get(`${who}, twice the size`)} values`,
    );
  }
  if (process.argv.includes('--peers')) {
    const { parsePartialJson } = await import('ai');
    const { JsonOutputParser } = await import('@langchain/core/output_parsers');
    const chunks = cut(make(CHARACTERS), DELTAS);
    peers.push(
      { name: `streamJson, ${name}`, run: () => last(streamJson(each(chunks))) },
      {
        name: `AI SDK parsePartialJson, ${name}`,
        async run() {
          let text = '';
          let value: unknown;
          for await (const chunk of each(chunks)) ({ value } = await parsePartialJson((text += chunk)));
          return JSON.stringify(value);
        },
      },
      {
        name: `LangChain JsonOutputParser, ${name}`,
        run: () => last(new JsonOutputParser().transform(each(chunks) as AsyncGenerator<string>, {})),
      },
    );
    console.log(
      table(`${name}: peers that parse again at each delta, once`, await compare(peers.splice(0), 1)),
    );
  }
}
