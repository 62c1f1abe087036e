import { objectSchema, strictSchema, type ShownSchema } from '@mortise/core/schema';
import { toJsonSchema } from '@mortise/toolkit/schema';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

function strict(schema: z.ZodType): ShownSchema {
  const result = strictSchema(toJsonSchema(schema));
  if (!result.strict) return expect.fail(result.reason);
  return result;
}

const reason = (schema: z.ZodType): string => {
  const result = strictSchema(toJsonSchema(schema));
  return result.strict ? 'strict' : result.reason;
};

describe('strictSchema', () => {
  it('P-05: closes every object, requires every member, makes optional ones nullable', () => {
    const schema = z.object({
      a: z.string().describe('the a'),
      b: z.number().optional().describe('the b'),
      c: z.object({ d: z.boolean().default(true) }).array(),
      e: z.string().nullish(),
      f: z.enum(['x', 'y']).optional(),
    });
    expect(strict(schema).schema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string', description: 'the a' },
        b: { description: 'the b', anyOf: [{ type: 'number' }, { type: 'null' }] },
        c: {
          type: 'array',
          items: {
            type: 'object',
            properties: { d: { anyOf: [{ type: 'boolean' }, { type: 'null' }] } },
            required: ['d'],
            additionalProperties: false,
          },
        },
        e: { type: ['string', 'null'] },
        f: { anyOf: [{ type: 'string', enum: ['x', 'y'] }, { type: 'null' }] },
      },
      required: ['a', 'b', 'c', 'e', 'f'],
      additionalProperties: false,
    });
  });

  it('P-05: strips the nulls again, and only those that mean absent', () => {
    const schema = z.object({
      a: z.string().optional(),
      n: z.string().nullish(),
      r: z.null(),
      list: z.array(z.object({ b: z.number().optional() })),
      either: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('x'), p: z.string().optional() }),
        z.object({ kind: z.literal('y'), p: z.string().nullable() }),
      ]),
    });
    const { restore } = strict(schema);
    const written = {
      a: null,
      n: null,
      r: null,
      list: [{ b: null }, { b: 1 }],
      either: { kind: 'x', p: null },
    };
    const copy = structuredClone(written);
    expect(restore(written)).toEqual({ n: null, r: null, list: [{}, { b: 1 }], either: { kind: 'x' } });
    expect(written).toEqual(copy);
    expect(restore({ ...written, either: { kind: 'y', p: null } })).toMatchObject({
      either: { kind: 'y', p: null },
    });
    expect(schema.safeParse(restore(written)).success).toBe(true);
  });

  it('P-05: puts what is not an object into one, and takes it out again', () => {
    const list = strict(z.array(z.object({ a: z.string().optional() })));
    expect(list.schema).toMatchObject({
      type: 'object',
      required: ['value'],
      properties: { value: { type: 'array' } },
    });
    expect(list.restore({ value: [{ a: null }] })).toEqual([{}]);
    expect(list.unwrap({})).toBeUndefined();
    const union = strict(z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]));
    expect(union.schema['anyOf']).toBeUndefined();
    expect(union.restore({ value: { b: 'x' } })).toEqual({ b: 'x' });
    expect(objectSchema({ type: 'string' }).restore({ value: 'x' })).toBe('x');
  });

  it('P-05: follows references, also when the root moves into the envelope', () => {
    const tree: z.ZodType = z.lazy(() => z.object({ v: z.string().optional(), kids: z.array(tree) }));
    expect(strict(tree).restore({ v: null, kids: [{ v: null, kids: [] }] })).toEqual({
      kids: [{ kids: [] }],
    });
    const forest: z.ZodType = z.lazy(() => z.array(z.object({ v: z.string().optional(), kids: forest })));
    const { schema, restore } = strict(forest);
    expect(JSON.stringify(schema)).not.toContain('"#"');
    expect(restore({ value: [{ v: null, kids: [{ v: null, kids: [] }] }] })).toEqual([
      { kids: [{ kids: [] }] },
    ]);
  });

  it('P-05: says why a schema has no strict form', () => {
    expect(reason(z.object({ m: z.record(z.string(), z.number()) }))).toBe(
      '#/properties/m uses propertyNames',
    );
    expect(reason(z.object({ t: z.tuple([z.string()]) }))).toBe('#/properties/t uses prefixItems');
    expect(reason(z.object({ u: z.unknown() }))).toMatch('#/properties/u has no type');
    expect(reason(z.looseObject({ a: z.string() }))).toBe('# takes further members');
    expect(strictSchema({ type: 'object' })).toMatchObject({ strict: false });
    expect(strictSchema({ type: 'object', properties: { a: { $ref: '#/$defs/none' } } })).toMatchObject({
      strict: false,
    });
  });

  it('keeps a member named __proto__', () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as Record<
      string,
      unknown
    >;
    const result = strictSchema(schema);
    expect(result.strict && Object.keys(result.schema['properties'] as object)).toEqual(['__proto__']);
  });
});
