import { Buffer } from 'node:buffer';
import { MortiseError } from '@mortise/core';
import { IncrementalJson } from '@mortise/toolkit/json';
import { isParserError, parserError, type ParserError } from '@mortise/core/parser';
import { iterable, json, mapped, showing, type ParserMutant, type Right } from './parser-mutant.ts';

/** Every failure as `change` makes it. */
const failing = (right: Right, change: (error: ParserError) => unknown): Pick<Right, 'parse' | 'stream'> => ({
  parse: (text, options) =>
    right.parse(text, options).catch((error: unknown) => {
      throw isParserError(error) ? change(error) : error;
    }),
  stream: (chunks, options) =>
    iterable(right.stream(chunks, options), (iterator) => ({
      next: () =>
        iterator.next().catch((error: unknown) => {
          throw isParserError(error) ? change(error) : error;
        }),
    })),
});

/** What a source gives, with something done to its iterator. */
const fed = (
  right: Right,
  change: (iterator: AsyncIterator<string>) => Partial<AsyncIterator<string>>,
): Pick<Right, 'stream'> => ({
  stream: (chunks, options) => right.stream(iterable(chunks, change), options),
});

const numbersAsText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

/** What goes wrong with values, streams and failures. */
export const readingMutants: readonly ParserMutant[] = [
  json(
    'gives a number as text',
    'parse.samples',
    ['parse.together', 'parse.fresh', 'stream.cuts'],
    (right) => ({
      parse: async (text, options) => numbersAsText(await right.parse(text, options)),
      ...showing(right, numbersAsText),
    }),
  ),
  json('keeps the text it reads in itself', 'parse.together', [], (right) => {
    let reading = '';
    return {
      async parse(text, options) {
        reading = text;
        await Promise.resolve();
        return right.parse(reading, options);
      },
    };
  }),
  json('gives the same value to whoever asks', 'parse.fresh', [], (right) => {
    const known = new Map<string, Promise<unknown>>();
    return {
      parse(text, options) {
        if (options !== undefined) return right.parse(text, options);
        const value = known.get(text) ?? right.parse(text);
        known.set(text, value);
        return value;
      },
    };
  }),
  json('decodes each chunk by itself', 'stream.cuts', ['parse.together', 'json.exact'], (right) =>
    fed(right, (iterator) => ({
      async next() {
        const result = await iterator.next();
        if (result.done === true || typeof result.value !== 'string') return result;
        return { done: false, value: Buffer.from(result.value).toString() };
      },
    })),
  ),
  json(
    'takes what has come for the whole',
    'stream.random',
    ['failure.stream', 'json.behind', 'json.part'],
    (right) => ({
      stream: (chunks, options) =>
        iterable(right.stream(chunks, options), (iterator) => {
          let shown = false;
          return {
            async next() {
              try {
                const result = await iterator.next();
                shown ||= result.done !== true;
                return result;
              } catch (error) {
                if (shown && isParserError(error)) return { done: true, value: undefined };
                throw error;
              }
            },
          };
        }),
    }),
  ),
  json('shows nothing before the end', 'stream.shown', ['stream.leave'], (right) => ({
    stream: (chunks, options) =>
      iterable(right.stream(chunks, options), (iterator) => {
        let over = false;
        return {
          async next() {
            let last: IteratorResult<unknown> = { done: true, value: undefined };
            for (
              let next = over ? last : await iterator.next();
              next.done !== true;
              next = await iterator.next()
            )
              last = next;
            over = true;
            return last;
          },
        };
      }),
  })),
  json('shows one object that grows', 'stream.kept', [], (right) => {
    return {
      stream: (chunks, options) => {
        let grown: object | undefined;
        return showing(right, (value) => {
          if (typeof value !== 'object' || value === null) return value;
          grown ??= value instanceof Array ? [] : {};
          return Object.defineProperties(grown, Object.getOwnPropertyDescriptors(value));
        }).stream(chunks, options);
      },
    };
  }),
  json('shows the same again for every chunk', 'stream.nothing', [], (right) => ({
    stream: (chunks, options) => {
      const waiting: unknown[] = [];
      const json = new IncrementalJson();
      const counted = iterable(chunks, (iterator) => ({
        async next() {
          const result = await iterator.next();
          if (result.done !== true && typeof result.value === 'string') {
            json.push(result.value);
            if (result.value === '' && json.snapshot() !== undefined) waiting.push(json.snapshot());
          }
          return result;
        },
      }));
      return iterable(right.stream(counted, options), (iterator) => {
        let held: IteratorResult<unknown> | undefined;
        return {
          async next() {
            held ??= await iterator.next();
            if (waiting.length > 0 && held.done !== true) return { done: false, value: waiting.shift() };
            const result = held;
            if (result.done !== true) held = undefined;
            return result;
          },
        };
      });
    },
  })),
  json('copies everything for each value', 'stream.linear', [], (right) => showing(right, structuredClone)),
  json('opens its source when it is given it', 'stream.pulls', [], (right) => ({
    stream: (chunks, options) => {
      const iterator = chunks[Symbol.asyncIterator]();
      return right.stream({ [Symbol.asyncIterator]: () => iterator }, options);
    },
  })),
  json(
    'leaves its source open',
    'stream.leave',
    ['stream.leave-stalled', 'failure.not-text-chunk', 'abort.stalled'],
    (right) => fed(right, () => ({ return: async () => ({ done: true, value: undefined }) })),
  ),
  json(
    'is a bare generator, which hangs with its source',
    'stream.leave-stalled',
    ['spans.once'],
    (right) => ({
      stream: (chunks, options) => mapped(right.stream(chunks, options), (value) => value),
    }),
  ),
  json('calls what its source throws a broken text', 'stream.source-fails', [], (right) => ({
    stream: (chunks, options) =>
      iterable(right.stream(chunks, options), (iterator) => ({
        next: () =>
          iterator.next().catch((error: unknown) => {
            if (isParserError(error) || options?.signal?.aborted === true) throw error;
            throw parserError('parse', 'The text is broken.', { text: '' }, { cause: error });
          }),
      })),
  })),
  json('does not say which text it was', 'failure.code', ['failure.place', 'failure.stream'], (right) =>
    failing(right, ({ message }) => new MortiseError('parse', message)),
  ),
  json('does not say where', 'failure.place', [], (right) =>
    failing(right, ({ message, text, expected }) =>
      parserError('parse', message, { text, ...(expected && { expected }) }),
    ),
  ),
  json('has loggers print the text', 'failure.hidden', [], (right) =>
    failing(right, ({ code, message, text, position, path, expected }) =>
      Object.assign(new MortiseError(code as 'parse', message), { text, position, path, expected }),
    ),
  ),
  json('knows only the last chunk when it fails', 'failure.stream', [], (right) => ({
    stream: (chunks, options) =>
      failing(right, ({ message, text, ...rest }) =>
        parserError('parse', message, { ...rest, text: text.slice(-1) }),
      ).stream(chunks, options),
  })),
  json('overflows on what is deep', 'failure.any', ['json.deep'], (right) => ({
    async parse(text, options) {
      if (typeof text === 'string' && /[[{"a:]{10000}/.test(text))
        throw new RangeError('Maximum call stack size exceeded');
      return right.parse(text, options);
    },
  })),
  json('reads whatever it is given as text', 'failure.not-text', [], (right) => ({
    parse: (text, options) =>
      right.parse(
        JSON.stringify(text) === undefined ? 'null' : typeof text === 'string' ? text : '1',
        options,
      ),
  })),
  json('reads chunks that are none as text', 'failure.not-text-chunk', [], (right) => ({
    stream: (chunks, options) =>
      right.stream(
        iterable(chunks, (iterator) => ({
          async next() {
            const result = await iterator.next();
            return result.done === true ? result : { done: false, value: String(result.value) };
          },
        })),
        options,
      ),
  })),
  json('merges what it reads into an object', 'failure.prototype', [], (right) => ({
    async parse(text, options) {
      const value = await right.parse(text, options);
      // What it gives is right; what it did on the way is not.
      if (text.includes('polluted')) merge({}, value);
      return value;
    },
  })),
];

function merge(target: Record<string, unknown>, source: unknown): void {
  if (typeof source !== 'object' || source === null) return;
  for (const [key, value] of Object.entries(source)) {
    if (typeof value === 'object') merge((target[key] ??= {}) as Record<string, unknown>, value);
    else target[key] = value;
  }
}
