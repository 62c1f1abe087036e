import type { JsonValue } from '@mortise/core';
import type { ChatMessage } from '@mortise/core/llm';
import { JsonParser, SchemaParser, streamJson } from '@mortise/toolkit/parsers';
import { isParserError, parserError } from '@mortise/core/parser';
import { toJsonSchema } from '@mortise/toolkit/schema';
import { anyJson, json, schema, search, type ParserMutant } from './parser-mutant.ts';

/** The first text from `at` on that is JSON, in a naive way. */
function jsonAt(text: string, at: number): { value: unknown; end: number } | undefined {
  for (let end = at + 1; end <= Math.min(text.length, at + 500); end++) {
    try {
      return { value: JSON.parse(text.slice(at, end)), end };
    } catch {
      // Longer, then.
    }
  }
  return undefined;
}

const none = (text: string) => parserError('parse', 'There is no JSON.', { text });

/** Rebuilds a value by assignment. */
function assigned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(assigned);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) copy[key] = assigned(member);
  return copy;
}

function mapNumbers(value: unknown, map: (number: number) => number): unknown {
  if (typeof value === 'number') return map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapNumbers(item, map));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapNumbers(member, map)]));
}

/** What a partial JSON parser makes of a text that is cut: a number as far as it came. */
function closed(text: string): unknown {
  const open: string[] = [];
  for (const character of text.replaceAll(/"[^"]*"?/g, '')) {
    if (character === '{' || character === '[') open.unshift(character === '{' ? '}' : ']');
    if (character === '}' || character === ']') open.shift();
  }
  try {
    return JSON.parse(text + open.join(''));
  } catch {
    return undefined;
  }
}

/** What goes wrong with JSON, schemas and instructions. */
export const formMutants: readonly ParserMutant[] = [
  search('gives up at the first brace', 'json.prose', ['json.behind'], async (text, right) => {
    const at = text.search(/[[{]/);
    if (text.length > 500 || at < 0) return right.parse(text);
    const found = jsonAt(text, at);
    if (found === undefined) throw none(text);
    return found.value;
  }),
  search('reads up to the first fence that it meets', 'json.fences', [], (text, right) => {
    const [, inner] = /```(?:json)?\n?([^]*?)```/.exec(text) ?? [];
    return right.parse(inner ?? text);
  }),
  search('looks for an object only', 'json.array', ['json.part'], async (text, right) => {
    const found = /^(?:Here.*)?\[\{/.test(text) ? jsonAt(text, text.indexOf('{')) : undefined;
    return found === undefined ? right.parse(text) : found.value;
  }),
  search('takes the last value', 'json.first', [], async (text, right) => {
    let last: unknown = await right.parse(text);
    if (text.length > 500 || text.includes('```js\\n') || text.includes('"```"')) return last;
    for (let at = text.search(/[[{]/); at >= 0 && at < text.length; at++) {
      const found = /[[{]/.test(text[at] as string) ? jsonAt(text, at) : undefined;
      if (found === undefined) continue;
      last = found.value;
      at = found.end - 1;
    }
    return last;
  }),
  search('takes the first of two members of one name', 'json.duplicates', [], async (text, right) => {
    if (text.startsWith('[') || text.includes('Here') || /"a":2\}/.test(text)) return right.parse(text);
    const seen = new Set<string>();
    const renamed = text.replaceAll(/"(\w+)":/g, (whole, name: string) => {
      const again = seen.has(name);
      seen.add(name);
      return again ? `"${name}#":` : whole;
    });
    const value = await right.parse(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => !name.endsWith('#')));
  }),
  search('assigns members by their names', 'json.names', [], async (text, right) =>
    text.length > 500 ? right.parse(text) : assigned(await right.parse(text)),
  ),
  search('keeps numbers in 32 bits', 'json.exact', [], async (text, right) =>
    text.length > 500 ? right.parse(text) : mapNumbers(await right.parse(text), Math.fround),
  ),
  anyJson('shows a number as far as it came', 'json.held', [], (right) => ({
    async *stream(chunks) {
      let text = '';
      for await (const chunk of chunks) {
        text += chunk;
        const value = text.startsWith('{"n"') ? closed(text) : undefined;
        if (value !== undefined) yield value;
      }
      yield await right.parse(text);
    },
  })),
  search('bounds no depth', 'json.deep', [], (text) => new JsonParser({ maxDepth: 1_000_000 }).parse(text)),

  schema('shows the model the output', 'schema.shown', [], (_right, { '~standard': standard }) => ({
    format: ((input: string) =>
      `${input}\n${JSON.stringify(standard.jsonSchema.output({ target: 'draft-2020-12' }))}`) as never,
  })),
  schema('validates, and gives what was written', 'schema.output', [], (right) => ({
    parse: async (text, options) => {
      await right.parse(text, options);
      return new JsonParser().parse(text);
    },
  })),
  schema('validates each value on the way', 'schema.stream', [], (right, { '~standard': standard }) => ({
    async *stream(chunks, options) {
      for await (const value of right.stream(chunks, options)) {
        const copy = structuredClone(value);
        await standard.validate(copy);
        yield value;
      }
    },
  })),
  schema(
    'hands its validator what it has shown',
    'schema.untouched',
    [],
    (_right, { '~standard': standard }) => ({
      async *stream(chunks) {
        let last: JsonValue | undefined;
        for await (const value of streamJson(chunks)) yield (last = value);
        const result = await standard.validate(last);
        if (result.issues === undefined) yield result.value;
      },
    }),
  ),
  schema('says the first thing only', 'schema.issues', [], (right) => ({
    parse: (text, options) =>
      right.parse(text, options).catch((error: unknown) => {
        if (!isParserError(error)) throw error;
        const { expected = '' } = error;
        throw parserError('validation', expected, { text, expected });
      }),
  })),
  schema('validates null for what is absent', 'schema.null', [], (_right, given) => {
    const same = (value: JsonValue) => value;
    const shown = { schema: toJsonSchema(given), unwrap: same, restore: same };
    const parser = new SchemaParser(given, { shown });
    return { parse: (text, options) => parser.parse(text, options) };
  }),
  schema('lets out what a validator throws', 'schema.throws', [], (right) => ({
    parse: (text, options) =>
      right.parse(text, options).catch((error: { cause?: unknown }) => {
        throw error.cause instanceof TypeError ? error.cause : error;
      }),
  })),
  schema('waits for a validator whatever happens', 'schema.abort', [], (right) => ({
    parse: (text) => right.parse(text),
  })),

  json('writes into the messages it is given', 'format.changes-nothing', [], (right) => ({
    format: ((input: string | ChatMessage[]) => {
      if (typeof input === 'string') return right.format(input);
      const formatted = right.formatAll(input);
      const at = input.findLastIndex(({ role }) => role === 'user');
      if (!Object.isFrozen(input)) input[at] = formatted[at]!;
      return formatted;
    }) as never,
  })),
  json('takes a prompt for a pattern', 'format.prompt', [], (right) => ({
    format: ((input: string | ChatMessage[]) => {
      if (typeof input !== 'string') return right.formatAll(input);
      return right.format('PROMPT').replace('PROMPT', input);
    }) as never,
  })),
  json('makes one text of all blocks', 'format.messages', [], (right) => ({
    format: ((input: string | ChatMessage[]) => {
      if (typeof input === 'string') return right.format(input);
      return right.formatAll(input).map((message, at) => {
        if (at !== input.findLastIndex(({ role }) => role === 'user')) return message;
        if (typeof message.content === 'string') return message;
        const texts = message.content.flatMap((block) => ('text' in block ? [block.text] : []));
        return { ...message, content: texts.join('\n\n') };
      });
    }) as never,
  })),
  json('says nothing where there is no user', 'format.no-user', [], (right) => ({
    format: ((input: string | ChatMessage[]) => {
      if (typeof input === 'string') return right.format(input);
      return input.some(({ role }) => role === 'user') ? right.formatAll(input) : input;
    }) as never,
  })),

  json('parses under an aborted signal', 'abort.before', [], (right) => ({
    parse: (text, options) => right.parse(text, { parent: options?.parent }),
  })),
  json('looks at the signal when a chunk has come', 'abort.before-stream', ['abort.stalled'], (right) => ({
    stream: (chunks, options) => {
      const { signal, ...rest } = options ?? {};
      if (signal === undefined) return right.stream(chunks, options);
      return (async function* () {
        for await (const value of right.stream(looked(chunks, signal), rest)) yield value;
      })();
    },
  })),
  json('does not hear of an abort while its source is silent', 'abort.stalled', [], (right) => ({
    stream: (chunks, options) => {
      const { signal, ...rest } = options ?? {};
      return right.stream(chunks, signal?.aborted === true ? options : rest);
    },
  })),
  json('leaves a listener on the signal', 'abort.listeners', [], (right) => ({
    parse: (text, options) => {
      options?.signal?.addEventListener('abort', () => undefined);
      return right.parse(text, options);
    },
  })),
  json('loses the span that it is part of', 'spans.once', [], (right) => ({
    parse: (text, options) => right.parse(text, { signal: options?.signal }),
  })),
];

async function* looked(chunks: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (signal.aborted) throw signal.reason;
    yield chunk;
  }
}
