import { describe, expect, expectTypeOf, it } from 'vitest';
import { toolCallBlock, type ToolResultBlock } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import type { QueryResponse } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import { runTools, type Tool } from '@mortise/toolkit';
import { createQueryEngine, engineTool, engineToolResult, type EngineToolResult } from '@mortise/rag';

const source = (id: string, text: string): NodeWithScore => ({
  node: createTextNode({ id, text, relationships: { source: { id: `${id}.md` } } }),
  score: 1,
});
const usage = { inputTokens: 10, outputTokens: 1 };
const about = { name: 'wood', description: 'Knows wood.' };
const replies = () => [[toolCallBlock('a', 'wood', '{"question": "Is oak hard?"}')], 'Yes.'];

function engineOf(response: Partial<QueryResponse>): QueryEngine & { asked: QueryOptions[] } {
  const asked: QueryOptions[] = [];
  return {
    asked,
    async query(_input, options = {}) {
      asked.push(options);
      const rest = { sources: [], citations: [], outcome: 'answered', warnings: [], metadata: {} };
      return { text: 'It is.', ...rest, ...response };
    },
    streamQuery: () => Promise.reject(new Error('not asked')) as never,
  };
}

/** The result of the one call of a run. */
async function resultOf(made: Tool): Promise<ToolResultBlock> {
  const { steps } = await runTools(new ScriptedLLM({ replies: replies() }), 'x', { tools: [made] });
  return steps[0]?.results[0] as ToolResultBlock;
}

async function read(engine: QueryEngine, options = {}): Promise<EngineToolResult> {
  return engineToolResult(await resultOf(engineTool(engine, { ...about, ...options }))) as EngineToolResult;
}

describe('engineTool', () => {
  it('gives the answer with its sources and its checked citations, and adds what it cost to the run', async () => {
    const llm = new ScriptedLLM({ replies: ['"Oak is hard" [1], and pine [2].'], usage });
    const retriever = {
      retrieve: async () => [source('oak', 'Oak is hard.'), source('pine', 'Pine is soft.')],
    };
    const tools = [engineTool(createQueryEngine({ llm, retriever }), about)];
    const outer = new ScriptedLLM({ replies: replies(), usage });
    const { steps, usage: sum } = await runTools(outer, 'x', { tools });
    expect(sum).toMatchObject({ inputTokens: 30, outputTokens: 3 });
    const [block] = steps[0]?.results ?? [];
    expect(engineToolResult(block as ToolResultBlock)).toEqual({
      answer: '"Oak is hard" [1], and pine [2].',
      outcome: 'answered',
      sources: [
        { number: 1, nodeId: 'oak', sourceId: 'oak.md', text: 'Oak is hard.' },
        { number: 2, nodeId: 'pine', sourceId: 'pine.md', text: 'Pine is soft.' },
      ],
      citations: [
        { number: 1, start: 14, end: 17, nodeId: 'oak', quote: 'Oak is hard', quoteStart: 0, quoteEnd: 11 },
        { number: 2, start: 28, end: 31, nodeId: 'pine' },
      ],
    });
  });

  it('passes signal, filters and the span of the call on', async () => {
    const engine = engineOf({});
    const filters = { key: 'tenant', op: '==', value: 'a' } as const;
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    await resultOf(engineTool(engine, { ...about, topK: 3, filters }));
    stop();
    const span = events.find(({ name, phase }) => name === 'tool.execute' && phase === 'start');
    expect(engine.asked).toEqual([
      { signal: expect.any(AbortSignal), parent: span?.spanId, topK: 3, filters },
    ]);
  });

  it('is ended by an abort of the run, with its reason', async () => {
    const controller = new AbortController();
    let inside: AbortSignal | undefined;
    const engine: QueryEngine = {
      ...engineOf({}),
      query(_input, { signal } = {}) {
        inside = signal;
        controller.abort('stop');
        return new Promise(() => undefined);
      },
    };
    const options = { tools: [engineTool(engine, about)], signal: controller.signal };
    await expect(runTools(new ScriptedLLM({ replies: replies() }), 'x', options)).rejects.toBe('stop');
    expect(inside?.reason).toBe('stop');
  });

  it('says that nothing was found', async () => {
    expect(await read(engineOf({ text: '', outcome: 'no-nodes' }))).toMatchObject({
      answer: 'Nothing was found.',
      outcome: 'no-nodes',
      sources: [],
    });
    const retriever = { retrieve: async () => [] };
    const engine = createQueryEngine({ llm: new ScriptedLLM({ replies: [] }), retriever });
    expect((await read(engine)).answer).toBe('The answer was not found in the documents.');
  });

  it('shows cited sources before others, the beginning of long ones, and no metadata that a model must not see', async () => {
    const sources = Array.from({ length: 20 }, (_, at) => source(`s${at + 1}`, `😀${'x'.repeat(30)}`));
    const { node } = sources[14] as NodeWithScore;
    Object.assign(node, { metadata: { page: 3, path: '/secret' }, excludedLlmMetadataKeys: ['path'] });
    (sources[0] as NodeWithScore).node.metadata = { long: 'y'.repeat(50) };
    const citations = [{ number: 15, start: 7, end: 11, nodeId: 's15' }];
    const engine = engineOf({ text: 'It is. [15]', sources, citations });
    const result = await read(engine, { maxSources: 3, maxSourceLength: 21 });
    expect(result.sources).toEqual([
      { number: 1, nodeId: 's1', sourceId: 's1.md', text: `😀${'x'.repeat(19)}`, cut: true },
      { number: 2, nodeId: 's2', sourceId: 's2.md', text: `😀${'x'.repeat(19)}`, cut: true },
      {
        number: 15,
        nodeId: 's15',
        sourceId: 's15.md',
        text: `😀${'x'.repeat(19)}`,
        cut: true,
        metadata: { page: 3 },
      },
    ]);
    expect((await read(engine, { maxSourceLength: 1 })).sources[0]?.text).toBe('');
  });

  it('cuts an answer that is too long, says so, and leaves out the citations behind the cut', async () => {
    const text = `One [1]. ${'x'.repeat(90)} [1]`;
    const citations = [
      { number: 1, start: 4, end: 7, nodeId: 'a' },
      { number: 1, start: 100, end: 103, nodeId: 'a' },
    ];
    const result = await read(engineOf({ text, citations, sources: [source('a', 'a')] }), {
      maxAnswerLength: 20,
    });
    expect(result.answer).toBe(`One [1]. ${'x'.repeat(11)}… (The answer is longer: it was cut here.)`);
    expect(result.citations).toEqual(citations.slice(0, 1));
  });

  it('tells the model that a question is missing', async () => {
    const llm = new ScriptedLLM({ replies: [[toolCallBlock('a', 'wood', '{"question": " "}')], 'x'] });
    const { steps } = await runTools(llm, 'x', { tools: [engineTool(engineOf({}), about)] });
    expect(steps[0]?.results).toMatchObject([
      { isError: true, content: expect.stringContaining('question') },
    ]);
  });

  it('is a tool of a question', () => {
    expectTypeOf(engineTool(engineOf({}), about)).toEqualTypeOf<Tool<{ question: string }, string>>();
  });
});

describe('engineToolResult', () => {
  it('is undefined for what no engine gave', async () => {
    const block = await resultOf(engineTool(engineOf({ sources: [source('a', 'a')] }), about));
    const good = JSON.parse(block.content as string) as Record<string, unknown>;
    const contents = [
      ...['', 'It is.', '{"answer":', '{"answer":"a"}', '[1]', 'null'],
      ...[
        { sources: {} },
        { sources: [1] },
        { citations: [{ number: 1 }] },
        { answer: 1 },
        { outcome: 1 },
      ].map((change) => JSON.stringify({ ...good, ...change })),
      JSON.stringify({ ...good, sources: [{ number: 1.5, nodeId: 'a', text: 'a' }] }),
      JSON.stringify({ ...good, sources: [{ number: 1, nodeId: 'a', text: 'a', metadata: [] }] }),
    ];
    for (const content of contents) expect(engineToolResult({ content }), content).toBeUndefined();
    expect(engineToolResult({ ...block, isError: true })).toBeUndefined();
    expect(engineToolResult(block)).toEqual(good);
    const inBlocks = [{ type: 'text', text: block.content as string }] as const;
    expect(engineToolResult({ content: inBlocks })).toEqual(good);
  });
});
