import { describe, expect, it } from 'vitest';
import {
  createDocument,
  type Document,
  type NodeWithScore,
  type Reader,
  type VectorSelection,
} from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { fromLangChain, toLangChain, type LangChainDocument } from '@mortise/langchain';
import { JsonParser } from '@mortise/toolkit/parsers';
import { toolBlocks } from '@mortise/toolkit/tools';
import { classes, StoreDouble } from './theirs.ts';

const context = { signal: new AbortController().signal, toolCallId: 'c1', rawArguments: {} };

describe('embeddings', () => {
  it('of theirs embed queries and documents apart, and know their model', async () => {
    const theirs = {
      model: 'e-1',
      embedQuery: async () => [1, 0],
      embedDocuments: async (texts: string[]) => texts.map(() => [0, 1]),
    };
    const model = fromLangChain(theirs);
    expect(model).toMatchObject({ provider: 'langchain', model: 'e-1' });
    expect(Array.from(await model.embedQuery('q'))).toEqual([1, 0]);
    expect(Array.from(await model.embedText('d'))).toEqual([0, 1]);
  });

  it('of theirs that give too few are malformed', async () => {
    const model = fromLangChain(
      { embedQuery: async () => [], embedDocuments: async () => [[1]] },
      { retry: false },
    );
    await expect(model.embedTexts(['a', 'b'])).rejects.toMatchObject({ code: 'malformed-response' });
  });

  it('of ours are theirs without a class of theirs', async () => {
    const ours = new HashEmbedding({ dimensions: 4 });
    const theirs = toLangChain(ours);
    expect(await theirs.embedDocuments(['a', 'b'])).toEqual(
      (await ours.embedTexts(['a', 'b'])).embeddings.map((vector) => Array.from(vector)),
    );
    expect(await theirs.embedQuery('q')).toEqual(Array.from(await ours.embedQuery('q')));
  });
});

describe('a retriever of theirs', () => {
  const documents = [1, 2, 3].map((n) => ({ pageContent: `t${n}`, metadata: { n }, id: `d${n}` }));
  const retriever = (asked: unknown[]) => ({
    invoke: async (query: string, options?: object) => (
      asked.push(query, Object.keys(options ?? {})),
      documents
    ),
    _getRelevantDocuments: async () => documents,
  });

  it('is asked with the signal, and its order is its score', async () => {
    const asked: unknown[] = [];
    const found = await fromLangChain(retriever(asked)).retrieve('q', { topK: 2 });
    expect(asked).toEqual(['q', ['signal']]);
    expect(found.map(({ node, score }) => [node.id, score])).toEqual([
      ['d1', 1],
      ['d2', 0.5],
    ]);
  });

  it('refuses filters, which theirs cannot be given', async () => {
    const filters = { key: 'n', op: '==', value: 1 } as const;
    await expect(fromLangChain(retriever([])).retrieve('q', { filters })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('a vector store of theirs', () => {
  const store = (scores: number[] = [0.9, 0.5]) => {
    const calls: unknown[] = [];
    const found = scores.map((score, at): [LangChainDocument, number] => [
      { pageContent: `t${at}`, metadata: {}, id: `d${at}` },
      score,
    ]);
    return {
      calls,
      addVectors: async (...given: unknown[]) => void calls.push(['add', ...given]),
      delete: async (given?: unknown) => void calls.push(['delete', given]),
      similaritySearchVectorWithScore: async (query: number[], k: number) => (
        calls.push(['search', query, k]),
        found
      ),
    };
  };
  const node = createDocument({ id: 'a', text: 't', metadata: { m: 1 } });
  const embedding = Float32Array.of(1, 0);

  it('is written to once for each id, after what had it is gone', async () => {
    const theirs = store();
    await fromLangChain(theirs).upsert([
      { node: { ...node, text: 'old' }, embedding },
      { node, embedding },
    ]);
    const kept = { m: 1, 'mortise:node': '{"type":"document","id":"a"}' };
    expect(theirs.calls).toEqual([
      ['delete', { ids: ['a'] }],
      ['add', [[1, 0]], [{ pageContent: 't', metadata: kept, id: 'a' }], { ids: ['a'] }],
    ]);
  });

  it('is searched by a vector, and its distances are turned round', async () => {
    const theirs = store([0.1, 0.4]);
    const found = await fromLangChain(theirs, { scores: 'distance' }).query({ embedding, topK: 2 });
    expect(theirs.calls).toEqual([['search', [1, 0], 2]]);
    expect(found.map(({ score }) => score)).toEqual([-0.1, -0.4]);
  });

  it('whose scores rise is refused, instead of being ranked backwards', async () => {
    await expect(fromLangChain(store([0.1, 0.4])).query({ embedding, topK: 2 })).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  it.each([{ filter: { key: 'a', op: '==', value: 1 } as const }, { sourceIds: ['a'] }])(
    'refuses to delete what it cannot name: %j',
    async (selection: VectorSelection) => {
      await expect(fromLangChain(store()).delete(selection)).rejects.toMatchObject({ code: 'unsupported' });
    },
  );

  it('holds what is written twice at once a single time, and goes on after a write that failed', async () => {
    const theirs = new StoreDouble();
    const ours = fromLangChain(theirs);
    const write = (text: string, signal?: AbortSignal) =>
      ours.upsert([{ node: { ...node, text }, embedding }], { signal });
    const controller = new AbortController();
    const left = write('left', controller.signal);
    const writes = [write('one'), write('two'), ours.delete({ ids: ['a'] }), write('three')];
    controller.abort('enough');
    await expect(left).rejects.toBe('enough');
    await Promise.all(writes);
    const found = await ours.query({ embedding, topK: 9 });
    expect(found.map(({ node: { text } }) => text)).toEqual(['three']);
    expect(ours.support).toEqual({ modes: ['dense'], dimensions: 2 });
  });

  it('that cannot delete says what to do', async () => {
    const theirs = { ...store(), delete: async () => Promise.reject(new Error('Not implemented.')) };
    await expect(fromLangChain(theirs).upsert([{ node, embedding }])).rejects.toThrow(/replacesById/);
    await fromLangChain(theirs, { replacesById: true }).upsert([{ node, embedding }]);
    expect(theirs.calls).toHaveLength(1);
  });
});

describe('loaders and readers', () => {
  it('of theirs are one item, named by its path', async () => {
    const loader = { filePath: 'a.txt', load: async () => [{ pageContent: 't', metadata: { a: 1 } }] };
    const documents: Document[] = [];
    for await (const document of fromLangChain(loader).read()) documents.push(document);
    expect(documents).toMatchObject([{ type: 'document', text: 't', metadata: { a: 1 }, item: 'a.txt' }]);
  });

  it.each([
    [{ source: 'a/b.txt' }, { path: 'a/b.txt' }],
    [{ source: 'https://a.test' }, { url: 'https://a.test' }],
    [{ source: 'x', url: 'https://b.test' }, {}],
    [{ source: 1 }, {}],
  ])('of theirs say where documents come from: %j', async (metadata, origin) => {
    const loader = { load: async () => [{ pageContent: 't', metadata }] };
    for await (const document of fromLangChain(loader).read())
      expect(document.metadata).toEqual({ ...metadata, ...origin });
    expect.assertions(1);
  });

  it('of theirs that fail are reported', async () => {
    const failures: unknown[] = [];
    const reader = fromLangChain({ load: () => Promise.reject(new Error('gone')) }, { item: 'i' });
    for await (const _ of reader.read({
      onError: ({ item, error }) => failures.push([item, error.message]),
    }));
    expect(failures).toMatchObject([['i', expect.stringContaining('gone')]]);
  });

  it('of ours load all, and reject for what cannot be read unless somebody is told', async () => {
    const reader: Reader = {
      async *read({ onError } = {}) {
        yield createDocument({ id: 'a', text: 't' });
        onError?.({ item: 'b', error: new Error('broken') });
      },
    };
    await expect(toLangChain(reader).load()).rejects.toThrow('broken');
    const told: string[] = [];
    const documents = await toLangChain(reader, { onError: ({ item }) => told.push(item) }).load();
    expect({ documents, told }).toEqual({
      documents: [{ pageContent: 't', metadata: {}, id: 'a' }],
      told: ['b'],
    });
  });
});

describe('a splitter of theirs', () => {
  const splitter = (texts: string[], lc_kwargs = {}) => ({
    lc_kwargs,
    splitText: async () => texts,
    splitDocuments: async () => [],
  });

  it('gives chunks with places, neighbours and sources', async () => {
    const node = createDocument({ id: 'd', text: 'ab ab cd', metadata: { k: 1 } });
    const chunks = await fromLangChain(splitter(['ab', 'ab', 'not there'])).transform([node]);
    const source = { id: 'd' };
    expect(chunks).toEqual([
      {
        ...{ type: 'text', id: 'd:0', text: 'ab', metadata: { k: 1 }, start: 0, end: 2 },
        relationships: { source, next: { id: 'd:1' } },
      },
      {
        ...{ type: 'text', id: 'd:1', text: 'ab', metadata: { k: 1 }, start: 3, end: 5 },
        relationships: { source, previous: { id: 'd:0' }, next: { id: 'd:2' } },
      },
      {
        ...{ type: 'text', id: 'd:2', text: 'not there', metadata: { k: 1 } },
        relationships: { source, previous: { id: 'd:1' } },
      },
    ]);
  });

  it('is named by its settings, but where one is a function', () => {
    expect(fromLangChain(splitter([], { chunkSize: 9 })).fingerprint).toBe(
      'langchain:Object:{"chunkSize":9}',
    );
    expect(fromLangChain(splitter([], { lengthFunction: () => 1 })).fingerprint).toBeUndefined();
    expect(fromLangChain(splitter([]), { fingerprint: 'mine' }).fingerprint).toBe('mine');
  });
});

it('a parser of theirs parses, and says its instructions', async () => {
  const parser = fromLangChain({
    parse: async (text: string) => text.length,
    getFormatInstructions: () => 'Be short.',
  });
  expect(await parser.parse('abc')).toBe(3);
  expect(parser.format?.('Q')).toBe('Q\n\nBe short.');
});

describe('tools', () => {
  const theirs = (result: unknown, asked: unknown[] = []) => ({
    ...{ name: 'f', description: 'd', schema: { type: 'object' } },
    invoke: async (call: unknown) => (asked.push(call), result),
  });

  it('of theirs are called as by a model', async () => {
    const asked: unknown[] = [];
    const tool = fromLangChain(theirs('r', asked));
    expect(tool).toMatchObject({ name: 'f', description: 'd', parameters: { type: 'object' } });
    expect(await tool.execute({ a: 1 }, context)).toBe('r');
    expect(asked).toEqual([{ type: 'tool_call', id: 'c1', name: 'f', args: { a: 1 } }]);
  });

  it('of theirs give the content of a message, and throw what it says of a failure', async () => {
    const message = { tool_call_id: 'c1', content: [{ type: 'text', text: 'x' }], status: 'success' };
    const shown = await fromLangChain(theirs(message)).execute({}, context);
    expect(shown).toEqual(toolBlocks([{ type: 'text', text: 'x' }]));
    const failed = fromLangChain(theirs({ tool_call_id: 'c1', content: 'no', status: 'error' }));
    await expect(failed.execute({}, context)).rejects.toThrow('no');
  });

  it('of theirs with a schema that cannot be written are refused', () => {
    const zod3 = { ...theirs(''), schema: { _def: {}, parse: () => undefined } };
    expect(() => fromLangChain(zod3)).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(fromLangChain(zod3, { parameters: { type: 'object' } }).parameters).toEqual({ type: 'object' });
  });
});

describe('a retriever of ours', () => {
  it('says its scores in the metadata, beside a `score` that a document has', async () => {
    const nodes = [{ kind: 'a' }, { score: 'five stars' }].map((metadata, at) =>
      createDocument({ id: `d${at}`, text: 't', metadata }),
    );
    const retriever = {
      retrieve: async (): Promise<NodeWithScore[]> => nodes.map((node) => ({ node, score: 0.5 })),
    };
    const found = await toLangChain(retriever, classes).invoke('q');
    expect(found.map(({ metadata }) => metadata)).toEqual([
      { kind: 'a', score: 0.5 },
      { score: 'five stars', 'mortise:score': 0.5 },
    ]);
  });
});

describe('what is neither', () => {
  it.each([[null], [undefined], [1], [{}], [() => undefined]])('is refused: %s', (given) => {
    const refused = expect.objectContaining({ code: 'configuration' });
    expect(() => fromLangChain(given as never)).toThrow(refused);
    expect(() => toLangChain(given as never)).toThrow(refused);
  });

  it('throws what its members throw as an error of ours', () => {
    const hostile = new Proxy({}, { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(() => fromLangChain(hostile as never)).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(() => toLangChain(hostile as never)).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('a text model is named as what it is', () => {
    const model = { invoke: () => 0, stream: () => 0, _llmType: () => 'x', _modelType: () => 'base_llm' };
    expect(() => fromLangChain(model as never)).toThrow(/CustomLLM/);
  });

  it('classes that are missing are named', () => {
    const retriever = { retrieve: async (): Promise<NodeWithScore[]> => [] };
    expect(() => toLangChain(retriever, {} as never)).toThrow(/BaseRetriever is missing/);
    expect(() => toLangChain(new ScriptedLLM({ replies: [] }), {} as never)).toThrow(/AIMessageChunk/);
    expect(() => toLangChain(new JsonParser(), {} as never)).toThrow(/BaseTransformOutputParser/);
  });
});
