import { isMortiseError, MortiseError } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { ChatMessage } from '@mortise/core/llm';
import { BaseOutputParser, isParserError, type ParseOptions } from '@mortise/core/parser';
import { JsonParser, ListParser } from '@mortise/toolkit/parsers';
import { afterEach, describe, expect, it } from 'vitest';

class Upper extends BaseOutputParser<string> {
  override instructions(): string {
    return 'Write in capitals.';
  }

  doParse(text: string, _options: ParseOptions): string | Promise<string> {
    if (text === 'throw') throw new TypeError('not this one');
    if (text === 'hang') return new Promise(() => undefined);
    if (text === 'server') throw new MortiseError('server', 'A model behind the parser failed.');
    return text.toUpperCase();
  }
}

class Silent extends BaseOutputParser<string> {
  doParse(text: string): string {
    return text;
  }
}

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const value of values) seen.push(value);
  return seen;
}

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error,
  );

let stop = (): void => undefined;
afterEach(() => stop());
function listen(captureContent = false): MortiseEvent[] {
  const events: MortiseEvent[] = [];
  stop = subscribe((event) => void events.push(event), { captureContent });
  return events;
}

describe('parse', () => {
  it('P-03: whatever an author throws is a parse error with the text and the cause', async () => {
    for (const text of ['throw', 'server']) {
      const error = await rejection(new Upper().parse(text));
      expect(isParserError(error)).toBe(true);
      expect(error).toMatchObject({ code: 'parse', text });
      expect(error.cause).toBeInstanceOf(Error);
      expect(JSON.stringify(error)).not.toContain(`"${text}"`);
      expect(Object.keys(error)).not.toContain('text');
    }
  });

  it('P-03: what is not a string is a parse error', async () => {
    expect(await rejection(new Upper().parse(undefined as never))).toMatchObject({ code: 'parse' });
  });

  it('P-03: a JSON failure carries text, position, path and expectation', async () => {
    const error = await rejection(new JsonParser().parse('{"a":[1,x]}'));
    expect(error).toMatchObject({
      code: 'parse',
      text: '{"a":[1,x]}',
      position: 8,
      path: ['a', 1],
      expected: 'a JSON value',
    });
    expect(error.message).toContain('character 8 (a[1])');
    expect(error.retryable).toBe(false);
  });

  it('C-01: an abort rejects with exactly the reason, before and during', async () => {
    const reason = { mine: true };
    expect(await rejection(new Upper().parse('x', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const pending = rejection(new Upper().parse('hang', { signal: controller.signal }));
    controller.abort(reason);
    expect(await pending).toBe(reason);
  });

  it('V-01: one span, with the text only for who captures content', async () => {
    const events = listen();
    await new Upper().parse('secret');
    await rejection(new Upper().parse('throw'));
    expect(events.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
      'parser.parse start',
      'parser.parse end',
      'parser.parse start',
      'parser.parse error',
    ]);
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events[0]?.attributes).toEqual({ parser: 'Upper', characters: 6 });
    stop();
    const full = listen(true);
    await new Upper().parse('secret');
    expect(full[0]?.content).toEqual({ text: 'secret' });
  });
});

describe('stream', () => {
  it('P-01: is derived from doParse alone', async () => {
    expect(await all(new Upper().stream(chunks('a', 'b')))).toEqual(['AB']);
  });

  it('P-03: a failure is a parse error with the text so far; a failure of the source passes unchanged', async () => {
    expect(await rejection(all(new Upper().stream(chunks('thr', 'ow'))))).toMatchObject({
      code: 'parse',
      text: 'throw',
    });
    const cut = new MortiseError('stream-truncated', 'The connection was cut.');
    async function* failing(): AsyncGenerator<string> {
      yield '{"a":1}';
      throw cut;
    }
    expect(await rejection(all(new JsonParser().stream(failing())))).toBe(cut);
  });

  it('C-01: an abort rejects with the reason at once, also while the source hangs, and closes the source', async () => {
    const source = hanging();
    const controller = new AbortController();
    const events = listen();
    const pending = rejection(all(new JsonParser().stream(source, { signal: controller.signal })));
    await Promise.resolve();
    controller.abort('enough');
    expect(await pending).toBe('enough');
    expect(source.returned).toBe(1);
    expect(events.map(({ phase }) => phase)).toEqual(['start', 'error']);
  });

  it('V-01: leaving early closes the source and ends the span once, also while next() hangs', async () => {
    const source = hanging('{"a":"x');
    const events = listen();
    const stream = new JsonParser().stream(source)[Symbol.asyncIterator]();
    expect(await stream.next()).toEqual({ done: false, value: { a: 'x' } });
    const pending = stream.next();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(source.returned).toBe(1);
    expect(events.map(({ phase }) => phase)).toEqual(['start', 'error']);
    expect(isMortiseError((events[1] as { error?: unknown }).error, 'aborted')).toBe(true);
  });

  it('V-01: leaving settles every read that waits, whatever the parser waits for', async () => {
    class Waiting extends Upper {
      override doStream(): AsyncIterable<string> {
        return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
      }
    }
    const stream = new Waiting().stream(hanging())[Symbol.asyncIterator]();
    const pending = [stream.next(), stream.next(), stream.next()];
    await stream.return?.();
    const over = { done: true, value: undefined };
    expect(await Promise.all(pending)).toEqual([over, over, over]);
  });

  it('V-02: what the source does has the span as its parent', async () => {
    const events = listen();
    async function* parsing(): AsyncGenerator<string> {
      await new Upper().parse('inner');
      yield '1';
    }
    await all(new JsonParser().stream(parsing()));
    const [outer, inner] = events;
    expect(inner).toMatchObject({ attributes: { parser: 'Upper' }, parentId: outer?.spanId });
  });

  it('reads nothing and publishes nothing before it is read', async () => {
    const events = listen();
    const source = hanging();
    new JsonParser().stream(source);
    await Promise.resolve();
    expect(source.asked).toBe(0);
    expect(events).toEqual([]);
  });

  it('reads on after the value, so that a cut stream does not pass for a whole one', async () => {
    const read: string[] = [];
    async function* noting(): AsyncGenerator<string> {
      for (const text of ['{"a":1}', ' more', ' prose']) {
        read.push(text);
        yield text;
      }
    }
    expect(await all(new JsonParser().stream(noting()))).toEqual([{ a: 1 }]);
    expect(read).toHaveLength(3);
  });
});

describe('format', () => {
  it('adds the instructions to a prompt', () => {
    expect(new Upper().format('Say hi.')).toBe('Say hi.\n\nWrite in capitals.');
    expect(new Silent().format('Say hi.')).toBe('Say hi.');
  });

  it('C-05: adds them to the last user message and changes nothing that was given', () => {
    const messages = deepFreeze<ChatMessage[]>([
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: 'Say hi.' },
      { role: 'assistant', content: 'hi' },
    ]);
    const formatted = new Upper().format(messages);
    expect(formatted[1]).toEqual({ role: 'user', content: 'Say hi.\n\nWrite in capitals.' });
    expect(formatted[0]).toBe(messages[0]);
    expect(messages[1]?.content).toBe('Say hi.');
  });

  it('keeps all blocks of a message, and the order', () => {
    const image = { type: 'image' as const, source: { url: 'https://example.com/a.png' } };
    const messages = deepFreeze<ChatMessage[]>([
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
    ]);
    expect(new ListParser().format(messages)[0]?.content).toEqual([
      { type: 'text', text: 'What is this?' },
      image,
      { type: 'text', text: new ListParser().instructions() },
    ]);
  });

  it('makes a user message where there is none', () => {
    expect(new Upper().format([{ role: 'system', content: 'x' }])).toEqual([
      { role: 'system', content: 'x' },
      { role: 'user', content: 'Write in capitals.' },
    ]);
  });
});

function hanging(...first: string[]) {
  const source = {
    asked: 0,
    returned: 0,
    [Symbol.asyncIterator]: () => ({
      next(): Promise<IteratorResult<string>> {
        const value = first[source.asked++];
        return value === undefined ? new Promise(() => undefined) : Promise.resolve({ done: false, value });
      },
      return(): Promise<IteratorResult<string>> {
        source.returned++;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  return source;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
