import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '@mortise/core/shared';
import {
  copyNode,
  createDocument,
  createIndexNode,
  createTextNode,
  nodeFromJson,
  nodeHash,
  nodeText,
  nodeToJson,
  sourceId,
  type Node,
  type NodeTextMode,
} from '@mortise/core/retriever';
import { codePoint } from '../code-point.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('constructors', () => {
  it('fill in an id and metadata, and nothing else', () => {
    const node = createTextNode({ text: 'a' });
    expect(node).toEqual({
      type: 'text',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      text: 'a',
      metadata: {},
    });
    expect(createDocument({ id: 'd', text: '' })).toEqual({
      type: 'document',
      id: 'd',
      text: '',
      metadata: {},
    });
    expect(createIndexNode({ id: 'i', text: '', indexId: 'x' })).toMatchObject({
      type: 'index',
      indexId: 'x',
    });
  });

  it('a document is its own source, a chunk has the document it came from', () => {
    expect(sourceId(createDocument({ id: 'd', text: '' }))).toBe('d');
    expect(sourceId(createTextNode({ text: '', relationships: { source: { id: 'd' } } }))).toBe('d');
    expect(sourceId(createTextNode({ text: '' }))).toBeUndefined();
  });

  it('C-06: a kind of a later version is a node too', () => {
    const later: Node = { type: 'v2:image', id: 'i', text: 'a cat', metadata: {}, pixels: 4 };
    expect(nodeText(later, 'embed')).toBe('a cat');
    expect(nodeFromJson(nodeToJson(later))).toEqual(later);
  });
});

describe('nodeText', () => {
  const node = createTextNode({
    text: '  body {metadata}  ',
    metadata: { path: 'a.md', tags: ['x', 'y'], secret: '{text}' },
    excludedEmbedMetadataKeys: ['path'],
    excludedLlmMetadataKeys: ['secret', 'tags'],
  });

  it.each<[NodeTextMode, string]>([
    ['all', 'path: a.md\ntags: ["x","y"]\nsecret: {text}\n\n  body {metadata}'],
    ['embed', 'tags: ["x","y"]\nsecret: {text}\n\n  body {metadata}'],
    ['llm', 'path: a.md\n\n  body {metadata}'],
    ['none', '  body {metadata}  '],
  ])('shows in mode %s what is not excluded from it', (mode, text) => {
    expect(nodeText(node, mode)).toBe(text);
  });

  it('is the bare text when every key is excluded', () => {
    const bare = { ...node, excludedLlmMetadataKeys: ['path', 'tags', 'secret'] };
    expect(nodeText(bare, 'llm')).toBe(node.text);
  });

  it('uses the templates of the node', () => {
    const templated = {
      ...createTextNode({ text: 'body', metadata: { a: 1, b: 2 } }),
      metadataTemplate: '<{key}={value}>',
      metadataSeparator: '|',
      textTemplate: '{text} ({metadata}) {other}',
    };
    expect(nodeText(templated, 'all')).toBe('body (<a=1>|<b=2>) {other}');
  });
});

describe('nodeHash', () => {
  it.each<[Node, string, string]>([
    [
      createTextNode({ text: '' }),
      '{"metadata":{},"text":""}',
      '09f4e6cf13f6422deb01e6a83eed1d85e7583cba537c8a4ea2e441832a019b13',
    ],
    [
      createDocument({ text: 'Grüße', metadata: { b: [true, null], a: 1 } }),
      '{"metadata":{"a":1,"b":[true,null]},"text":"Grüße"}',
      'eb48bbd5f5c344d1314f6f6b4b74de8182241a483e62296ce6a19e7785f2293d',
    ],
    [
      createIndexNode({
        text: 'x',
        metadata: { path: 'a.md' },
        indexId: 'i',
        excludedLlmMetadataKeys: ['path'],
      }),
      '{"excludedLlmMetadataKeys":["path"],"indexId":"i","metadata":{"path":"a.md"},"text":"x"}',
      '09df839ec8e751adb19d96334a713e297fa9889c80f56caa9c35d4f56e0dbca0',
    ],
  ])('agrees with the published vector %#', (node, canonical, hash) => {
    expect(nodeHash(node)).toBe(hash);
    expect(sha256(canonical)).toBe(hash);
  });

  const node = createTextNode({ id: 'n', text: 'a', metadata: { x: 1, y: 2 } });

  it.each<[string, Partial<Node>]>([
    ['the id', { id: 'other' }],
    ['the order of metadata', { metadata: { y: 2, x: 1 } }],
    ['the place in the source', { start: 4, end: 5 }],
    ['relationships', { relationships: { source: { id: 'd' } } }],
    ['the vector', { embedding: Float32Array.of(1) }],
    ['templates that say the default', { metadataTemplate: '{key}: {value}', metadataSeparator: '\n' }],
    ['empty exclusions', { excludedEmbedMetadataKeys: [] }],
  ])('does not depend on %s', (_what, change) => {
    expect(nodeHash({ ...node, ...change } as Node)).toBe(nodeHash(node));
  });

  it.each<[string, Partial<Node>]>([
    ['the text', { text: 'b' }],
    ['metadata', { metadata: { x: 1, y: 3 } }],
    ['exclusions', { excludedEmbedMetadataKeys: ['x'] }],
    ['a template', { textTemplate: '{text}' }],
  ])('depends on %s', (_what, change) => {
    expect(nodeHash({ ...node, ...change } as Node)).not.toBe(nodeHash(node));
  });

  it('tells index nodes of different targets apart, and text from metadata', () => {
    const index = createIndexNode({ text: 'a', indexId: '1' });
    expect(nodeHash(index)).not.toBe(nodeHash({ ...index, indexId: '2' }));
    const one = createTextNode({ text: 'a', metadata: { k: 'bc' } });
    expect(nodeHash(one)).not.toBe(nodeHash(createTextNode({ text: 'ab', metadata: { k: 'c' } })));
  });

  it('refuses metadata that JSON cannot hold, naming the place', () => {
    const broken = createTextNode({ text: '', metadata: { at: [new Date(0)] } as never });
    expect(() => nodeHash(broken)).toThrow(/\$\.metadata\.at\[0\] holds an object of a class/);
    expect(() => nodeHash(createTextNode({ text: '', metadata: { n: NaN } }))).toThrow(
      /\$\.metadata\.n holds NaN/,
    );
  });
});

describe('canonicalJson', () => {
  it('sorts members by UTF-16 units, as in RFC 8785, 3.2.3', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('reads back as the same value, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe('JSON', () => {
  it('holds every member, the vector exactly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: codePoint }),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
        fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 8 }),
        (text, metadata, embedding) => {
          const node: Node = createIndexNode({
            text,
            metadata: JSON.parse(JSON.stringify(metadata)),
            indexId: 'i',
            // -0 is 0 in JSON.
            embedding: embedding.map((value) => value + 0),
            relationships: { source: { id: 'd', hash: 'h' }, children: [{ id: 'c' }] },
            start: 3,
            end: 9,
          });
          expect(nodeFromJson(JSON.parse(JSON.stringify(nodeToJson(node))))).toEqual(node);
        },
      ),
    );
  });

  it.each<[string, unknown]>([
    ['The value', null],
    ['id', { type: 'text', text: '', metadata: {} }],
    ['type', { type: 'txt', id: '', text: '', metadata: {} }],
    ['metadata', { type: 'text', id: '', text: '', metadata: [] }],
    ['indexId', { type: 'index', id: '', text: '', metadata: {} }],
    ['embedding', { type: 'text', id: '', text: '', metadata: {}, embedding: ['1'] }],
  ])('refuses as validation what is not a node, naming %s', (member, value) => {
    expect(() => nodeFromJson(value)).toThrow(expect.objectContaining({ code: 'validation' }));
    expect(() => nodeFromJson(value)).toThrow(`This is not a node: ${member} is`);
  });

  it('C-05: a copy shares nothing', () => {
    const node = createTextNode({
      text: 'a',
      metadata: { deep: { list: [1] } },
      embedding: Float32Array.of(1, 2),
    });
    const copy = copyNode(node);
    expect(copy).toEqual(node);
    (copy.metadata as any).deep.list.push(2);
    copy.embedding?.fill(0);
    expect(node).toMatchObject({ metadata: { deep: { list: [1] } }, embedding: Float32Array.of(1, 2) });
  });
});
