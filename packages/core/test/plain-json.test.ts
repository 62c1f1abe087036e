import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  copyNode,
  createTextNode,
  nodeFromJson,
  nodeHash,
  nodeToJson,
  type Node,
} from '@mortise/core/retriever';
import { jsonText, MAX_METADATA_DEPTH, plainJson } from '@mortise/core/shared';
import { checkVectorEntries, MemoryKeyValueStore } from '@mortise/core/store';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let at = 0; at < levels; at++) value = at % 2 === 0 ? [value] : { v: value };
  return value;
};
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;
const refused = expect.objectContaining({ code: 'invalid-request' });

describe('plainJson', () => {
  it('C-05: copies what is JSON, of another realm too, and leaves out what is undefined', () => {
    const value = { a: [1, 'x', null, true, { b: -0.5 }], u: undefined, ['__proto__']: { x: 1 } };
    const copy = plainJson(value, 'It');
    expect(copy).toEqual(value);
    expect(copy).not.toHaveProperty('u');
    expect(copy.a).not.toBe(value.a);
    expect(Object.getPrototypeOf(plainJson(JSON.parse('{"__proto__":{"x":1}}'), 'It'))).toBe(
      Object.prototype,
    );
    expect(plainJson(runInNewContext('({ a: [{ b: 1 }] })'), 'It')).toEqual({ a: [{ b: 1 }] });
    expect(plainJson(Object.assign(Object.create(null), { a: 1 }), 'It')).toEqual({ a: 1 });
  });

  it('says where, and what', () => {
    expect(() => plainJson({ a: [{ b: 1n }] }, 'The node')).toThrow(
      /^The node holds a bigint at a\[0\]\.b, which/,
    );
    expect(() => plainJson([NaN], 'It', { code: 'validation' })).toThrow(
      expect.objectContaining({ code: 'validation', message: expect.stringMatching(/holds NaN at \[0\]/) }),
    );
  });

  it('C-13: takes as many levels as it says, and no circle', () => {
    expect(plainJson(nested(MAX_METADATA_DEPTH), 'It')).toEqual(nested(MAX_METADATA_DEPTH));
    for (const value of [nested(MAX_METADATA_DEPTH + 1), nested(200_000), cyclic])
      expect(() => plainJson(value, 'It')).toThrow(/more than 100 levels/);
    const doubled = Array.from({ length: 90 }).reduce<unknown>((v) => [v, v], 1);
    expect(() => plainJson(doubled, 'It')).toThrow(/more than 1000000 values/);
  });

  it('takes a getter that throws for the value’s fault', () => {
    const hostile = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => expect.unreachable('read'),
    });
    const proxy = new Proxy({}, { ownKeys: () => Object.keys(null as never) });
    for (const value of [hostile, { deep: [proxy] }]) expect(() => plainJson(value, 'It')).toThrow(refused);
  });
});

describe('what is kept', () => {
  const hostile: [string, unknown][] = [
    ['5,000 levels', nested(5_000)],
    ['a circle', cyclic],
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['a date', new Date(0)],
  ];

  it.each(hostile)('S-04: a node with %s is refused, typed', (_what, value) => {
    const node = createTextNode({ id: 'a', text: '', metadata: { value } as never });
    expect(() => nodeToJson(node)).toThrow(refused);
    expect(() => nodeHash(node)).toThrow(refused);
    expect(() => checkVectorEntries([{ node, embedding: Float32Array.of(1) }], 1)).toThrow(refused);
  });

  it('C-13: a node that is copied or read is bounded too', () => {
    const node = createTextNode({ id: 'a', text: '', metadata: { value: nested(5_000) } as never });
    expect(() => copyNode(node)).toThrow(refused);
    expect(() => nodeFromJson({ ...node })).toThrow(expect.objectContaining({ code: 'validation' }));
    expect(() => nodeHash(createTextNode({ id: 'a', text: '', metadata: nested(50_000) as never }))).toThrow(
      refused,
    );
  });

  it.each([null, undefined, 'node', {}, { id: 1 }])('S-04: %s is no node', (node) => {
    expect(() => nodeToJson(node as unknown as Node)).toThrow(refused);
  });

  it.each([
    ['a circle', cyclic],
    ['a BigInt', { v: 1n }],
    ['a function', () => 1],
    ['what throws', { toJSON: () => expect.unreachable('read') }],
  ])('S-03: a value with %s is refused, typed', async (_what, value) => {
    expect(() => jsonText(value, 'The value')).toThrow(refused);
    await expect(new MemoryKeyValueStore().set('k', value as never)).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});
