import type { ChatMessage } from '@mortise/core/llm';
import { structured } from '@mortise/toolkit/structured';
import { MortiseError } from '@mortise/core';
import { BaseOutputParser } from '@mortise/core/parser';
import {
  BooleanParser,
  CodeBlocksParser,
  CombinedParser,
  ListParser,
  NumberParser,
  SchemaParser,
  withRepair,
} from '@mortise/toolkit/parsers';
import { jsonSchema } from '@mortise/toolkit/schema';
import { plainSchema, strictSchema } from '@mortise/core/schema';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

async function* chunks(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
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

describe('CombinedParser', () => {
  it('P-01: looks for no part in another, however the text is cut', async () => {
    const parser = new CombinedParser({ sure: new BooleanParser(), code: new CodeBlocksParser() });
    const text = '<code>\n```html\n<sure>no</sure>\n```\n</code><sure>yes</sure>';
    const value = { sure: true, code: [{ language: 'html', code: '<sure>no</sure>' }] };
    expect(await parser.parse(text)).toEqual(value);
    for (let at = 0; at <= text.length; at++)
      expect((await all(parser.stream(chunks([text.slice(0, at), text.slice(at)])))).at(-1)).toEqual(value);
    expect((await all(parser.stream(chunks(text.split(''))))).at(-1)).toEqual(value);
  });

  it('P-03: says which part is not closed', async () => {
    const parser = new CombinedParser({ a: new ListParser(), b: new ListParser() });
    expect(await rejection(parser.parse('<b>x, y'))).toMatchObject({
      path: ['b'],
      expected: '</b>',
      position: 7,
    });
    expect(await rejection(parser.parse('<b>x</b>'))).toMatchObject({
      path: ['a'],
      expected: '<a>',
      position: 0,
    });
  });
});

describe('withRepair', () => {
  it('P-03: says of the text what is wrong when the model cannot be asked', async () => {
    const down = new MortiseError('rate-limit', 'Too many requests.', { retryable: false });
    const llm = new ScriptedLLM({ replies: [down], retry: false });
    const error = await rejection(withRepair(new NumberParser(), llm).parse('3 or 4'));
    expect(error).toMatchObject({
      code: 'parse',
      text: '3 or 4',
      position: 5,
      repair: /could not be asked.*Too many/,
    });
    expect(error.cause).toMatchObject({ code: 'rate-limit' });
  });

  it('C-05: formats as its parser does', () => {
    class First extends BaseOutputParser<string> {
      override format(input: string): string;
      override format(input: readonly ChatMessage[]): readonly ChatMessage[];
      override format(input: string | readonly ChatMessage[]): string | readonly ChatMessage[] {
        return typeof input === 'string'
          ? `Shout.\n${input}`
          : [{ role: 'system', content: 'Shout.' }, ...input];
      }
      doParse(text: string): string {
        return text;
      }
    }
    const parser = withRepair(new First(), new ScriptedLLM({ replies: [] }));
    expect(parser.format!('Hi.')).toBe('Shout.\nHi.');
    expect(parser.format!([])).toEqual([{ role: 'system', content: 'Shout.' }]);
  });
});

describe('strictSchema', () => {
  it('P-05: puts nothing beside a reference, which OpenAI refuses', () => {
    const given = {
      type: 'object',
      properties: { home: { $ref: '#/$defs/place', description: 'Where.' } },
      required: ['home'],
      $defs: { place: { type: 'object', properties: { town: { type: 'string' } }, required: ['town'] } },
    };
    expect(strictSchema(given)).toMatchObject({
      strict: true,
      schema: { properties: { home: { description: 'Where.', anyOf: [{ $ref: '#/$defs/place' }] } } },
    });
  });

  it('P-05: closes what older drafts keep in definitions, as $defs', () => {
    const given = {
      type: 'object',
      properties: { home: { $ref: '#/definitions/place' } },
      definitions: { place: { type: 'object', properties: { town: { type: 'string' } } } },
    };
    expect(strictSchema(given)).toMatchObject({
      schema: { $defs: { place: { required: ['town'], additionalProperties: false } } },
    });
  });

  it('P-05: takes a reference that leads nowhere for one', () => {
    for (const $ref of ['#anchor', '#/$defs/100%'])
      expect(strictSchema({ type: 'object', properties: { a: { $ref } } })).toMatchObject({ strict: false });
  });
});

describe('SchemaParser', () => {
  it('P-03: takes what a transformation throws for a value that does not fit', async () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text).toISOString()) });
    const text = '{"at":"tomorrow"}';
    const error = await rejection(new SchemaParser(schema).parse(text));
    expect(error).toMatchObject({ code: 'validation', text, path: [], cause: expect.any(RangeError) });
  });
});

describe('null for what is absent', () => {
  const part = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } });

  it('P-05: is dropped from every part of an intersection', () => {
    const { restore } = plainSchema({ allOf: [part('a'), part('b')] });
    expect(restore({ a: null, b: null, c: null })).toEqual({ c: null });
  });

  it('P-05: is dropped from what stands beside alternatives', () => {
    const { restore } = plainSchema({ ...part('a'), anyOf: [part('b'), { type: 'object' }] });
    expect(restore({ a: null, b: null })).toEqual({});
  });
});

describe('structured', () => {
  it.each([
    ['blank text', [{ type: 'text' as const, text: ' \n' }]],
    ['reasoning alone', [{ type: 'reasoning' as const, text: 'Hm.' }]],
  ])('does not send back a reply that says nothing: %s', async (_, reply) => {
    const llm = new ScriptedLLM({ replies: [reply, '{"a":1}'] });
    const result = await structured(llm, jsonSchema({ type: 'object' }), 'What?', { mode: 'prompt' });
    expect(result).toMatchObject({ value: { a: 1 }, repairs: 1 });
    expect(llm.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
  });
});
