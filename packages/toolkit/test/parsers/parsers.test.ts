import { jsonSchema } from '@mortise/toolkit/schema';
import { ListParser, SchemaParser } from '@mortise/toolkit/parsers';
import type { OutputParser } from '@mortise/core/parser';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
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
    () => expect.fail('it did not reject'),
    (error: unknown) => error,
  );

const item = fc
  .string({ maxLength: 12, unit: 'grapheme' })
  .filter((text) => text.trim() === text && !/[\r\n]/.test(text));

/** A bracket that stands open is taken for the rest of a list of JSON. */
function quoted(text: string): string {
  return text === '' || /^"|[,[{]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

describe('ListParser', () => {
  it('reads items between commas, quoted ones whole', async () => {
    const list = new ListParser();
    expect(await list.parse('a, "b, ""c""",\n 5" pipe , d,')).toEqual(['a', 'b, "c"', '5" pipe', 'd']);
    expect(await list.parse('  \n')).toEqual([]);
    expect(await rejection(list.parse('a, "b, c'))).toMatchObject({ code: 'parse', path: [1] });
    await fc.assert(
      fc.asyncProperty(fc.array(item), async (items) => {
        expect(await list.parse(items.map(quoted).join(','))).toEqual(items);
      }),
    );
  });

  it('reads numbered and bulleted lines, skips prose, and keeps indented lines with their item', async () => {
    const text = 'Here are three:\n\n1. one\n   more of one\n2) two\n\n3. three\nThat is all. 4. no';
    expect(await new ListParser({ style: 'numbered' }).parse(text)).toEqual([
      'one\nmore of one',
      'two',
      'three',
    ]);
    expect(await new ListParser({ style: 'bulleted' }).parse('- a\r\n* b\n• c-d\nend')).toEqual([
      'a',
      'b',
      'c-d',
    ]);
    expect(await rejection(new ListParser({ style: 'bulleted' }).parse('none'))).toMatchObject({
      code: 'parse',
    });
  });

  it('P-01: loses no item when several arrive at once', async () => {
    const values = await all(
      new ListParser({ style: 'numbered' }).stream(chunks(['1. a\n2. b\n3. c\n4. d'])),
    );
    expect(values.at(-1)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shows an item when it is whole', async () => {
    expect(await all(new ListParser().stream(chunks(['a', 'b,c', ',d'])))).toEqual([
      ['ab'],
      ['ab', 'c'],
      ['ab', 'c', 'd'],
    ]);
  });
});

describe('SchemaParser', () => {
  const zod = z.object({
    name: z.string(),
    age: z.number().int().optional(),
    tags: z.array(z.string()).default([]),
  });
  const valibot = toStandardJsonSchema(
    v.object({ name: v.string(), age: v.optional(v.number()), tags: v.optional(v.array(v.string()), []) }),
  );
  const arktype = type({ name: 'string', 'age?': 'number', tags: 'string[] = []' } as any);

  it.each([
    ['zod', new SchemaParser(zod) as OutputParser<unknown, unknown>],
    ['valibot', new SchemaParser(valibot) as OutputParser<unknown, unknown>],
    ['arktype', new SchemaParser(arktype as any) as OutputParser<unknown, unknown>],
  ])('P-05: takes %s: the input is shown, the output is given, null stands for absent', async (_, parser) => {
    expect(await parser.parse('Sure: {"name":"Ada","age":null}')).toEqual({ name: 'Ada', tags: [] });
    const shown = JSON.parse(parser.format!('').split('\n').at(-1)!);
    expect(shown.required).toEqual(['name']);
    const error = await rejection(parser.parse('{"name":1}'));
    expect(error).toMatchObject({ code: 'validation', path: ['name'], text: '{"name":1}' });
    expect(error.issues).toHaveLength(1);
  });

  it('P-05: gives the output of a transform, and streams the input before it', async () => {
    const parser = new SchemaParser(z.object({ at: z.string().transform((text) => new Date(text)) }));
    const values = await all(parser.stream(chunks(['{"at":"20', '26-01-01"}'])));
    expect(values).toEqual([{ at: '20' }, { at: '2026-01-01' }, { at: new Date('2026-01-01') }]);
    expectTypeOf(values).items.toEqualTypeOf<{ at?: string } | { at: Date }>();
    expectTypeOf(parser.parse).returns.resolves.toEqualTypeOf<{ at: Date }>();
  });

  it('P-05: a schema that cannot write itself as JSON Schema is configuration, and says what to do', () => {
    // @ts-expect-error valibot alone has no Standard JSON Schema
    expect(() => new SchemaParser(v.object({ a: v.string() }))).toThrow(/toStandardJsonSchema/);
    expect(() => new SchemaParser(z.object({ a: z.date() }))).toThrow(/Date cannot be represented/);
    expect(() => new SchemaParser(undefined as never)).toThrow(/jsonSchema\(\)/);
  });

  it('P-05: wraps plain JSON Schema, unvalidated or with a validator', async () => {
    const raw = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    expect(await new SchemaParser(jsonSchema(raw)).parse('{"a":1}')).toEqual({ a: 1 });
    const checked = jsonSchema<{ a: string }>(raw, (value) => {
      if (typeof (value as { a: unknown }).a !== 'string') throw new Error('a is not a string');
      return { value: value as { a: string } };
    });
    expect(await rejection(new SchemaParser(checked).parse('{"a":1}'))).toMatchObject({
      code: 'validation',
      expected: 'a is not a string',
    });
    expectTypeOf(new SchemaParser(checked).parse).returns.resolves.toEqualTypeOf<{ a: string }>();
  });

  it('P-04: is not fooled by values of another kind before its own', async () => {
    expect(await new SchemaParser(zod).parse('As [1] says: {"name":"Ada"}')).toEqual({
      name: 'Ada',
      tags: [],
    });
    expect(await rejection(new SchemaParser(zod).parse('[{"name":"Ada"}]'))).toMatchObject({
      code: 'validation',
    });
    expect(await new SchemaParser(z.array(z.number())).parse('{"no":1} [1,2]')).toEqual([1, 2]);
    expect(await new SchemaParser(z.number()).parse('```\n7\n```')).toBe(7);
  });

  it('P-03: an asynchronous validation is awaited, and its abort too', async () => {
    const parser = new SchemaParser(
      z.object({ a: z.string().refine(async () => Promise.resolve(false), 'taken') }),
    );
    expect(await rejection(parser.parse('{"a":"x"}'))).toMatchObject({
      code: 'validation',
      expected: 'taken',
    });
  });
});
