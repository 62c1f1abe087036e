import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDocument, createTextNode, type Node } from '@mortise/core';
import { fromLangChain, toLangChain, type LangChainDocument } from '@mortise/langchain';

const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constant('mortise:node'), fc.constant('__proto__'));
const metadata = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4, noNullPrototype: true });
const theirs = fc.record(
  { pageContent: fc.string({ unit: 'grapheme' }), metadata, id: fc.string({ minLength: 1 }) },
  { requiredKeys: ['pageContent', 'metadata'] },
);
const ref = fc.record({ id: fc.uuid(), hash: fc.uuid() }, { requiredKeys: ['id'] });
const ours = fc.record(
  {
    type: fc.constantFrom('document', 'text', 'acme:row'),
    id: fc.uuid(),
    text: fc.string({ unit: 'grapheme' }),
    metadata,
    start: fc.nat(),
    end: fc.nat(),
    item: fc.string(),
    excludedEmbedMetadataKeys: fc.array(fc.string(), { maxLength: 2 }),
    relationships: fc.record(
      { source: ref, next: ref, children: fc.array(ref, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    embedding: fc
      .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 3 })
      .map((row) => Float32Array.from(row, (each) => each + 0)),
  },
  { requiredKeys: ['type', 'id', 'text', 'metadata'] },
) as fc.Arbitrary<Node>;

const same = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('documents', () => {
  it('of theirs come back from ours as they went, without an id where they had none', () => {
    fc.assert(
      fc.property(fc.array(theirs, { minLength: 1, maxLength: 4 }), (documents) => {
        const plain = documents.filter(
          ({ metadata: { 'mortise:node': ours_ } }) => typeof ours_ !== 'string',
        );
        fc.pre(plain.length > 0);
        const nodes = fromLangChain(plain as readonly LangChainDocument[]);
        expect(new Set(nodes.filter((_, at) => plain[at]?.id === undefined).map(({ id }) => id)).size).toBe(
          plain.filter(({ id }) => id === undefined).length,
        );
        expect(same(toLangChain(nodes))).toEqual(
          same(plain.map(({ metadata: given, ...rest }) => ({ ...rest, metadata: given }))),
        );
      }),
    );
  });

  it('of ours come back from theirs as they went, whatever kind of node they are, through JSON', () => {
    fc.assert(
      fc.property(ours, (node) => {
        const back = fromLangChain(same(toLangChain(node)) as LangChainDocument);
        expect(back.embedding).toEqual(node.embedding);
        expect(same({ ...back, embedding: undefined })).toEqual(same({ ...node, embedding: undefined }));
      }),
    );
  });

  it('made by hand are told by their content, and no two are one', () => {
    const documents = [0, 0, 1].map((n) => ({ pageContent: 'same', metadata: { n } }));
    const ids = fromLangChain(documents).map(({ id }) => id);
    expect(ids[1]).toBe(`${ids[0]}#2`);
    expect(ids).toEqual(fromLangChain(documents).map(({ id }) => id));
    expect(new Set(ids).size).toBe(3);
  });

  it.each([[new Date(0)], [() => 1], [Number.NaN], [1n], [new Map()]])(
    'whose metadata are no JSON are refused: %s',
    (value) => {
      const given = { pageContent: 'x', metadata: { a: { b: value } } };
      expect(() => fromLangChain(given)).toThrow(
        expect.objectContaining({
          code: 'invalid-request',
          message: expect.stringContaining('a.b') as string,
        }),
      );
    },
  );

  it('show plain metadata where a document is nothing more', () => {
    const document = createDocument({ id: 'd', text: 't', metadata: { a: 1 } });
    expect(toLangChain(document)).toEqual({ pageContent: 't', metadata: { a: 1 }, id: 'd' });
    const chunk = createTextNode({ id: 'c', text: 't', start: 0, end: 1 });
    expect(toLangChain([chunk])).toEqual([
      { pageContent: 't', metadata: { 'mortise:node': '{"type":"text","start":0,"end":1}' }, id: 'c' },
    ]);
  });
});
