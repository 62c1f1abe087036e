import { subscribe } from '@mortise/core/events';
import { BaseOutputParser, parserError } from '@mortise/core/parser';
import { jsonSchema } from '@mortise/toolkit/schema';
import { NumberParser, SchemaParser, withRepair } from '@mortise/toolkit/parsers';
import { ScriptedLLM } from '@mortise/core/testing';
import { expect, it } from 'vitest';

async function* chunks(...texts: unknown[]): AsyncGenerator<string> {
  yield* texts as string[];
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    (value) => expect.fail(`it did not reject but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

/** Sees at the first chunk that it does not fit. */
class Hasty extends BaseOutputParser<string> {
  doParse(text: string): string {
    if (text.startsWith('ok')) return text;
    throw new Error('not ok');
  }

  override async *doStream(source: AsyncIterable<string>): AsyncGenerator<string> {
    let text = '';
    for await (const chunk of source) {
      text += chunk;
      if (!text.startsWith('ok')) throw parserError('parse', 'not ok', { text });
      yield text;
    }
  }
}

it('P-03: shows the model the whole text, also when the parser gave up at its first chunk', async () => {
  const llm = new ScriptedLLM({ replies: ['ok'] });
  const seen = await all(withRepair(new Hasty(), llm).stream!(chunks('one', ' two', ' three')));
  expect(seen).toEqual(['ok']);
  expect(llm.requests[0]?.messages[0]?.content).toContain('one two three');
});

it('P-03: has the model mend no chunk that is no text', async () => {
  const llm = new ScriptedLLM({ replies: ['7'] });
  const error = await rejection(all(withRepair(new NumberParser(), llm).stream!(chunks('x', 7, 'y'))));
  expect(error).toMatchObject({ code: 'parse', message: expect.stringContaining('not a string') });
  expect(llm.requests).toEqual([]);
});

it('V-01: a stream that is left while its source is silent ends the spans inside it, and asks nothing', async () => {
  const open = new Set<string>();
  const stop = subscribe(({ phase, spanId }) => {
    if (phase === 'start') open.add(spanId);
    else if (phase !== 'point') open.delete(spanId);
  });
  const llm = new ScriptedLLM({ replies: ['7'] });
  const silent: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const iterator = withRepair(new NumberParser(), llm).stream!(silent)[Symbol.asyncIterator]();
  const pending = iterator.next();
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(open.size).toBe(2);
  await iterator.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect([...open]).toEqual([]);
  expect(llm.requests).toEqual([]);
  stop();
});

it('P-02: a validator that changes what it is given does not reach what was shown', async () => {
  const filling = jsonSchema<unknown>({ type: 'object' }, (value) => {
    (value as Record<string, unknown>)['filled'] = true;
    return { value };
  });
  const seen = await all(new SchemaParser(filling).stream(chunks('{"a":', '1}')));
  expect(seen).toEqual([{}, { a: 1 }, { a: 1, filled: true }]);
});
