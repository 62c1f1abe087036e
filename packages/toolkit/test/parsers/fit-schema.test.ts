import type { JsonSchema, LLMMetadata } from '@mortise/core';
import {
  anthropicDialect as anthropic,
  fitSchema,
  openaiDialect as openai,
  strictSchema,
  type SchemaDialect,
} from '@mortise/core/schema';
import { runTools, structured, structuredStream, tool, toJsonSchema } from '@mortise/toolkit';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

function strict(schema: z.ZodType | JsonSchema, dialect: SchemaDialect): JsonSchema {
  const json = '~standard' in schema ? toJsonSchema(schema as z.ZodType) : schema;
  const result = strictSchema(json, dialect);
  if (!result.strict) return expect.fail(result.reason);
  return result.schema;
}

function reason(schema: z.ZodType | JsonSchema, dialect: SchemaDialect): string {
  const json = '~standard' in schema ? toJsonSchema(schema as z.ZodType) : schema;
  const result = strictSchema(json, dialect);
  return result.strict ? 'strict' : result.reason;
}

const object = (properties: Record<string, unknown>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

describe('C-15: what a wire does not take', () => {
  it.each([
    ['z.url()', z.url(), ['format']],
    ['z.base64()', z.base64(), ['format', 'contentEncoding']],
    ['z.jwt()', z.jwt(), ['format']],
    ['z.cuid2()', z.cuid2(), ['format']],
    ['z.nanoid()', z.nanoid(), ['format']],
    ['a pattern that looks ahead', z.string().regex(/^(?=a)b/), ['pattern']],
    ['a pattern that looks behind', z.string().regex(/(?<!a)b/), ['pattern']],
    ['a pattern that refers to a group', z.string().regex(/(a)\1/), ['pattern']],
    ['a length', z.string().min(2), ['minLength']],
  ])('%s goes into the description on OpenAI', (_what, member, told) => {
    const { properties } = strict(z.object({ a: member }), openai) as { properties: { a: JsonSchema } };
    for (const keyword of told) {
      expect(properties.a).not.toHaveProperty(keyword);
      expect(properties.a['description']).toContain(`${keyword}: `);
    }
    const sent = fitSchema(toJsonSchema(z.object({ a: member })), openai, 'strict-tool');
    expect(sent.schema).toEqual(strict(z.object({ a: member }), openai));
  });

  it('nine formats, plain patterns and bounds of numbers and lists stay', () => {
    const schema = object({
      a: { type: 'string', format: 'date-time' },
      b: { type: 'string', pattern: '^a+(?:b)$' },
      c: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 3 },
    });
    expect(strict(schema, openai)).toEqual(schema);
  });

  it('optional members stay as they are on Anthropic', () => {
    const schema = z.object({ a: z.string(), b: z.number().optional() });
    expect(strict(schema, anthropic)).toMatchObject({
      properties: { b: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    });
  });
});

describe('C-15: what is more than a wire takes', () => {
  const many = (n: number, value: unknown): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: n }, (_, at) => [`m${at}`, value]));
  const tree: z.ZodType = z.lazy(() => z.object({ kids: z.array(tree) }));
  const deep = (levels: number): JsonSchema =>
    levels === 1 ? object({ a: { type: 'string' } }) : object({ a: deep(levels - 1) });

  it.each<[string, z.ZodType | JsonSchema, SchemaDialect, string]>([
    ['17 unions on Anthropic', object(many(17, { type: ['string', 'null'] })), anthropic, '17 places'],
    ['16 unions on Anthropic', object(many(16, { type: ['string', 'null'] })), anthropic, 'strict'],
    [
      '25 optional members on Anthropic',
      { ...object(many(25, { type: 'string' })), required: [] },
      anthropic,
      '25 optional',
    ],
    [
      '17 optional members on Anthropic',
      { ...object(many(17, { type: 'string' })), required: [] },
      anthropic,
      'strict',
    ],
    ['recursion on Anthropic', tree, anthropic, 'refers to itself'],
    ['recursion on OpenAI', tree, openai, 'strict'],
    ['11 levels on OpenAI', deep(11), openai, '11 objects'],
    ['10 levels on OpenAI', deep(10), openai, 'strict'],
    ['5,001 members on OpenAI', object(many(5_001, { type: 'string' })), openai, '5001 members'],
    [
      '1,001 values on OpenAI',
      z.object({ a: z.enum(Object.keys(many(1_001, 0)) as [string]) }),
      openai,
      '1001 values',
    ],
    [
      'a long enum on OpenAI',
      object({ a: { type: 'string', enum: Object.keys(many(300, 0)).map((name) => name.padEnd(60)) } }),
      openai,
      '18000 characters in one enum',
    ],
  ])('%s: %s', (_what, schema, dialect, expected) => {
    expect(reason(schema, dialect)).toContain(expected);
  });

  it('a schema that refers to itself in two steps is found', () => {
    const schema = {
      ...object({ a: { $ref: '#/$defs/a' } }),
      $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: object({ a: { $ref: '#/$defs/a' } }) },
    };
    expect(reason(schema, anthropic)).toContain('refers to itself');
    const { b: _b, ...more } = schema.$defs;
    expect(reason({ ...schema, $defs: { ...more, b: object({}) } }, anthropic)).toBe('strict');
  });
});

describe('C-15: references', () => {
  const person = object({ name: { type: 'string' } });

  it('definitions of draft-07 become $defs, and a root that is a reference its target', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $ref: '#/definitions/Person',
      definitions: { Person: object({ friend: { $ref: '#/definitions/Name' } }), Name: person },
    };
    for (const dialect of [openai, anthropic]) {
      const sent = strict(schema, dialect);
      expect(sent).toMatchObject({
        type: 'object',
        properties: { friend: { $ref: '#/$defs/Name' } },
        $defs: { Name: person },
      });
      expect(JSON.stringify(sent)).not.toMatch(/definitions|\$schema/);
    }
    expect(fitSchema(schema, openai, 'tool').schema).toMatchObject({
      type: 'object',
      $defs: { Name: person },
    });
  });

  it('pointers into the schema become definitions', () => {
    const schema = object({
      a: person,
      b: { $ref: '#/properties/a' },
      c: { $ref: '#/properties/a/properties/name' },
    });
    const sent = strict(schema, openai) as { properties: Record<string, { $ref: string }>; $defs: object };
    expect(sent.properties['b']).toEqual({ $ref: '#/$defs/a' });
    expect(sent.$defs).toEqual({ a: person, name: { type: 'string' } });
  });

  it('a root that is no object is referred to as a definition', () => {
    const list = { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: '#' }] } };
    const sent = strict(list, openai);
    expect(sent).toMatchObject({
      properties: { value: { $ref: '#/$defs/value' } },
      $defs: { value: { items: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/value' }] } } },
    });
    expect(JSON.stringify(sent)).not.toContain('"#"');
  });

  it('words of values are not taken for keywords', () => {
    const schema = object({ definitions: { type: 'string', default: { $ref: '#/x', $schema: 'y' } } });
    expect(fitSchema(schema, openai, 'tool').schema).toBe(schema);
  });
});

describe('C-15: tools', () => {
  it('a strict tool comes closed, its optional members nullable where the wire wants all', () => {
    const { parameters } = tool({
      name: 'f',
      description: 'x',
      parameters: z.object({ a: z.string(), b: z.number().optional() }),
      execute: () => 1,
    });
    expect(fitSchema(parameters, openai, 'strict-tool')).toEqual({
      strict: true,
      schema: {
        type: 'object',
        properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    });
    expect(fitSchema(parameters, openai, 'tool').schema).toEqual({ ...parameters, $schema: undefined });
  });

  it('the nulls of a strict tool are taken out before its arguments are validated', async () => {
    const seen: unknown[] = [];
    const f = tool({
      name: 'f',
      description: 'x',
      strict: true,
      parameters: z.object({ a: z.string(), b: z.number().optional(), c: z.string().nullable() }),
      execute: (args) => void seen.push(args),
    });
    const call = { type: 'tool-call' as const, id: '1', name: 'f', arguments: { a: 'x', b: null, c: null } };
    await runTools(new ScriptedLLM({ replies: [[call], 'ok'] }), 'x', { tools: [f] });
    expect(seen).toEqual([{ a: 'x', c: null }]);
  });

  it('alternatives at the root become one object, and are told', () => {
    const union = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), size: z.number() }),
      z.object({ kind: z.literal('b'), size: z.number(), name: z.string() }),
    ]);
    const { schema } = fitSchema(toJsonSchema(union), openai, 'tool');
    expect(schema).toMatchObject({
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['a', 'b'] },
        size: { type: 'number' },
        name: { type: 'string' },
      },
      required: ['kind', 'size'],
      description: expect.stringContaining('One of: [{"kind":"a","size":"…"},{"kind":"b"') as unknown,
    });
    for (const keyword of ['oneOf', 'anyOf', 'allOf']) expect(schema).not.toHaveProperty(keyword);
    expect(fitSchema(toJsonSchema(union), openai, 'strict-tool').strict).toBe(true);
    const both = z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }));
    expect(fitSchema(toJsonSchema(both), anthropic, 'tool').schema).toMatchObject({
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      required: ['a', 'b'],
    });
  });

  it('what has no strict form is given back open, with the reason', () => {
    const record = toJsonSchema(z.object({ m: z.record(z.string(), z.number()) }));
    expect(fitSchema(record, openai, 'strict-tool')).toMatchObject({
      strict: false,
      reason: '#/properties/m uses propertyNames',
    });
  });
});

describe('C-15: structured chooses by the schema and all options', () => {
  const model = (metadata: Partial<LLMMetadata>, ...replies: string[]) =>
    new ScriptedLLM({ replies, metadata: { isChatModel: true, ...metadata } });
  const native = { streaming: true, tools: true, toolChoice: true, structuredOutput: 'native' as const };
  const tree: z.ZodType = z.lazy(() => z.object({ kids: z.array(tree) }));

  it('goes by a tool where the wire takes no recursion, and by prompt where a call cannot be forced', async () => {
    const llm = model(
      { schemaDialect: anthropic, capabilities: { ...native, toolChoiceWithReasoning: false } },
      '{"kids":[]}',
      '{"kids":[]}',
      '{"kids":[]}',
    );
    expect(await structured(llm, tree, 'x')).toMatchObject({ mode: 'tool' });
    expect(llm.requests[0]).toMatchObject({ toolChoice: { tool: 'answer' } });
    expect(llm.requests[0]!.tools![0]!.strict).toBeUndefined();
    expect(await structured(llm, tree, 'x', { reasoning: { effort: 'low' } })).toMatchObject({
      mode: 'prompt',
    });
    const thinking = { providerOptions: { scripted: { thinking: { type: 'enabled' } } } };
    expect(await structured(llm, tree, 'x', { ...thinking, mode: 'tool' })).toMatchObject({ mode: 'tool' });
    expect(llm.requests[2]!.toolChoice).toBeUndefined();
  });

  it('asks for the only tool as required where a tool cannot be named', async () => {
    const llm = model(
      { capabilities: { ...native, structuredOutput: 'tool', namedToolChoice: false } },
      '{"a":"x"}',
      'ok',
    );
    await structured(llm, z.object({ a: z.string() }), 'x');
    expect(llm.requests[0]).toMatchObject({ toolChoice: 'required' });
    const tools = ['f', 'g'].map((name) => ({ name, parameters: { type: 'object' } }));
    await llm.chat('x', { tools, toolChoice: { tool: 'g' } });
    expect(llm.requests[1]).toMatchObject({ toolChoice: 'required', tools: [{ name: 'g' }] });
    expect(llm.requests[1]!.tools).toHaveLength(1);
  });

  it('partials hold no null for what is absent, the last one neither', async () => {
    const schema = z.object({ a: z.string(), b: z.number().optional(), c: z.string().nullable() });
    const text = '{"a": "one", "b": null, "c": null}';
    for (const structuredOutput of ['native', 'prompt'] as const) {
      const llm = model({ capabilities: { ...native, structuredOutput } }, text);
      const seen: unknown[] = [];
      for await (const part of structuredStream(llm, schema, 'x')) seen.push(part);
      expect(seen.some((part) => 'b' in (part as object))).toBe(false);
      expect(seen.at(-1)).toEqual({ a: 'one', c: null });
    }
  });

  it('derives a schema once', async () => {
    const schema = z.object({ a: z.string() });
    const llm = model({ capabilities: native }, '{"a":"x"}', '{"a":"x"}');
    await structured(llm, schema, 'x');
    await structured(llm, schema, 'x');
    const schemas = llm.requests.map(({ responseFormat: format }) =>
      format?.type === 'json' ? format.schema : undefined,
    );
    expect(schemas[0]).toBeDefined();
    expect(schemas[1]).toBe(schemas[0]);
  });
});
