import { describe, expect, it } from 'vitest';
import { messageText, MortiseError, type ChatRequest } from '@mortise/core';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import { createTextNode, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStreamEvent,
} from '@mortise/core/synthesizer';
import { ScriptedLLM, type ScriptedReply } from '@mortise/core/testing';
import {
  createCitationQueryEngine,
  NoTextSynthesizer,
  RetrieverQueryEngine,
  RouterQueryEngine,
  SubQuestionQueryEngine,
  type DescribedEngine,
} from '@mortise/rag';
import { collect } from '../temporary.ts';

const source = (id: string, text: string): NodeWithScore => ({
  node: createTextNode({ id, text }),
  score: 1,
});

/** Says one thing, and remembers what it was asked. */
class Saying implements QueryEngine {
  readonly asked: { readonly input: QueryInput; readonly options: QueryOptions }[] = [];
  readonly #answer: (input: QueryInput, options: QueryOptions) => QueryResponse | Promise<QueryResponse>;
  constructor(answer: (input: QueryInput, options: QueryOptions) => QueryResponse | Promise<QueryResponse>) {
    this.#answer = answer;
  }
  async query(input: QueryInput, options: QueryOptions = {}): Promise<QueryResponse> {
    this.asked.push({ input, options });
    return this.#answer(input, options);
  }
  streamQuery(input: QueryInput, options: QueryOptions = {}) {
    const answer = () => this.query(input, options);
    return createResponseStream({
      name: 'query',
      signal: options.signal,
      async *events() {
        const response = await answer();
        yield { type: 'sources', sources: response.sources };
        yield { type: 'text-delta', delta: response.text };
        yield { type: 'finish', response };
      },
    });
  }
}

function response(text: string, sources: readonly NodeWithScore[], outcome = 'answered'): QueryResponse {
  const citations = [...text.matchAll(/\[(\d+)\]/g)].map((match) => ({
    number: Number(match[1]),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const usage = { inputTokens: 10, outputTokens: 1 };
  return { text, sources: [...sources], citations, outcome, usage, warnings: [], metadata: {} };
}

const model = (replies: readonly ScriptedReply[]) =>
  new ScriptedLLM({ replies, retry: false, usage: { inputTokens: 7, outputTokens: 3 } });
const textOf = ({ messages }: ChatRequest): string => messages.map(messageText).join('\n');

const oak = source('oak', 'Oak is hard.');
const ash = source('ash', 'Ash bends.');
const pine = source('pine', 'Pine is soft.');

describe('RouterQueryEngine', () => {
  const wood = new Saying(() => response('Wood [1].', [oak]));
  const sea = new Saying(() => response('Sea.', [pine]));
  const engines: DescribedEngine[] = [
    { name: 'wood', description: 'Trees and timber.', engine: wood },
    { name: 'sea', description: 'Ships.', engine: sea },
  ];

  it('asks the engine that the model selects, and tells which and why', async () => {
    const llm = model(['{"choice": 2, "reason": "ships"}']);
    const answer = await new RouterQueryEngine({ llm }, { engines }).query('What floats?');
    expect(answer).toMatchObject({
      text: 'Sea.',
      sources: [pine],
      usage: { inputTokens: 17, outputTokens: 4 },
      metadata: { engine: 'sea', reason: 'ships' },
    });
    expect(textOf(llm.requests[0]!)).toContain('1. wood: Trees and timber.\n2. sea: Ships.');
    expect(textOf(llm.requests[0]!)).toContain('<question>\nWhat floats?\n</question>');
  });

  it.each([
    '{"choice": 0}',
    '{"choice": 3}',
    '{"choice": -1}',
    '{"choice": 1.5}',
    '{"choice": "sea"}',
    'Sea, I think.',
  ])('sends %s back once, then rejects, and asks no neighbour', async (reply) => {
    const before = wood.asked.length + sea.asked.length;
    const llm = model([reply, reply]);
    await expect(new RouterQueryEngine({ llm }, { engines }).query('Q')).rejects.toMatchObject({
      code: expect.stringMatching(/^(parse|validation)$/),
    });
    expect(llm.requests).toHaveLength(2);
    expect(wood.asked.length + sea.asked.length).toBe(before);
    const mended = model([reply, '{"choice": 1}']);
    expect((await new RouterQueryEngine({ llm: mended }, { engines }).query('Q')).text).toBe('Wood [1].');
  });

  it('falls back with a warning when told so, but not over a failure of another kind', async () => {
    const options = { engines, fallback: 'sea', maxRepairs: 0 };
    const events = await collect<ResponseStreamEvent>(
      new RouterQueryEngine({ llm: model(['nonsense']) }, options).streamQuery('Q'),
    );
    expect(events.map(({ type }) => type)).toEqual(['sources', 'warning', 'text-delta', 'finish']);
    expect(events.at(-1)).toMatchObject({
      response: {
        text: 'Sea.',
        metadata: { engine: 'sea' },
        warnings: [{ message: expect.stringContaining('sea') }],
      },
    });
    const down = model([new MortiseError('quota', 'No.')]);
    await expect(new RouterQueryEngine({ llm: down }, options).query('Q')).rejects.toMatchObject({
      code: 'quota',
    });
  });

  it('asks a single engine without a choice', async () => {
    const llm = model([]);
    await new RouterQueryEngine({ llm }, { engines: engines.slice(0, 1) }).query('Q');
    expect(llm.requests).toEqual([]);
  });

  it('refuses no engines, two of one name, and a fallback that is none', () => {
    for (const options of [
      { engines: [] },
      { engines: [engines[0]!, engines[0]!] },
      { engines, fallback: 'air' },
    ])
      expect(() => new RouterQueryEngine({ llm: model([]) }, options)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });

  it('C-01: an abort while the model selects rejects with exactly the reason', async () => {
    const llm = new ScriptedLLM({ replies: () => new Promise<never>(() => undefined) });
    const engine = new RouterQueryEngine({ llm }, { engines });
    for (const ask of [
      engine.query.bind(engine),
      (q: string, o: QueryOptions) => engine.streamQuery(q, o).final(),
    ]) {
      const controller = new AbortController();
      const asked = ask('Q', { signal: controller.signal });
      while (llm.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      controller.abort('mine');
      await expect(asked).rejects.toBe('mine');
    }
  });
});

const questions = (...pairs: readonly (readonly [question: string, engine: number])[]): string =>
  JSON.stringify({ questions: pairs.map(([question, engine]) => ({ question, engine })) });

describe('SubQuestionQueryEngine', () => {
  const wood = () => new Saying(() => response('Oak [1] and ash [2].', [oak, ash]));
  const trees = () => new Saying(() => response('Pine [1], not oak [2].', [pine, oak]));
  const described = (first: QueryEngine, second: QueryEngine): DescribedEngine[] => [
    { name: 'wood', description: 'Timber.', engine: first },
    { name: 'trees', description: 'Trees.', engine: second },
  ];

  it('asks sub-questions of their engines and makes one answer with one list of sources, each once', async () => {
    const planner = model([questions(['Which wood?', 1], ['Which trees?', 2])]);
    const llm = model(['Oak "Oak is hard" [1], pine "Pine is soft" [3].']);
    const [first, second] = [wood(), trees()];
    const engine = new SubQuestionQueryEngine({ llm, planner }, { engines: described(first, second) });
    const filters = { key: 'a', op: '==', value: 1 } as const;
    const answer = await engine.query({ query: 'Which?' }, { topK: 3, filters });
    expect(answer.sources).toEqual([oak, ash, pine]);
    expect(answer.citations).toMatchObject([
      { number: 1, nodeId: 'oak', quote: 'Oak is hard' },
      { number: 3, nodeId: 'pine', quote: 'Pine is soft' },
    ]);
    expect(answer.metadata).toEqual({
      subQuestions: [
        { question: 'Which wood?', engine: 'wood', outcome: 'answered' },
        { question: 'Which trees?', engine: 'trees', outcome: 'answered' },
      ],
    });
    expect(answer.usage).toMatchObject({ inputTokens: 7 + 10 + 10 + 7, outputTokens: 3 + 1 + 1 + 3 });
    const sent = textOf(llm.requests[0]!);
    expect(sent).toContain(
      '<answer_1_about>\nWhich wood?\n</answer_1_about>\n<answer_1>\nOak [1] and ash [2].\n</answer_1>',
    );
    // [1] was pine and [2] oak: now oak is [1] and pine [3].
    expect(sent).toContain('<answer_2>\nPine [3], not oak [1].\n</answer_2>');
    expect(first.asked).toMatchObject([{ input: 'Which wood?', options: { topK: 3, filters } }]);
    expect(second.asked).toMatchObject([{ input: 'Which trees?', options: { topK: 3, filters } }]);
  });

  it('Z-01: a number that named no source names none in the joined list', async () => {
    const wrong = new Saying(() => response('Oak [1], who knows [3].', [oak]));
    const llm = model([questions(['A?', 1], ['B?', 2]), 'So [1].']);
    const { warnings } = await new SubQuestionQueryEngine(
      { llm },
      { engines: described(wrong, trees()) },
    ).query('Q');
    expect(textOf(llm.requests[1]!)).toContain('<answer_1>\nOak [1], who knows .\n</answer_1>');
    expect(warnings).toEqual([{ type: 'other', message: expect.stringContaining('1 citations') }]);
  });

  it('asks no more questions than it may, says so, and no more at once', async () => {
    let running = 0;
    let most = 0;
    const slow = new Saying(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return response('So [1].', [oak]);
    });
    const planner = model([
      questions(...Array.from({ length: 9 }, (_, n): [string, number] => [`Q${n}?`, 1])),
    ]);
    const engine = new SubQuestionQueryEngine(
      { llm: model(['All [1].']), planner },
      { engines: described(slow, slow), maxQuestions: 6, concurrency: 2 },
    );
    const { warnings } = await engine.query('Q');
    expect([slow.asked.length, most]).toEqual([6, 2]);
    expect(warnings).toEqual([{ type: 'other', message: expect.stringContaining('3 of 9 sub-questions') }]);
  });

  it('Z-05: answers from the others when one fails, and says so; or rejects and cancels them', async () => {
    let left: AbortSignal | undefined;
    const down = new Saying(() => Promise.reject(new MortiseError('quota', 'Nothing left.')));
    const plan = questions(['A?', 1], ['B?', 2]);
    const llm = model([plan, 'Pine [1].']);
    const answer = await new SubQuestionQueryEngine({ llm }, { engines: described(down, trees()) }).query(
      'Q',
    );
    expect(answer.warnings).toEqual([{ type: 'other', message: expect.stringContaining('Nothing left.') }]);
    expect(answer.metadata['subQuestions']).toMatchObject([{ outcome: 'failed' }, { outcome: 'answered' }]);

    const waiting = new Saying(
      (_input, { signal }) =>
        new Promise((_resolve, reject) => {
          left = signal;
          signal?.addEventListener('abort', () => reject(new Error('left')));
        }),
    );
    const options = { engines: described(waiting, down), onFailure: 'throw' } as const;
    await expect(
      new SubQuestionQueryEngine({ llm: model([plan]) }, options).query('Q'),
    ).rejects.toMatchObject({
      code: 'quota',
    });
    expect(left?.aborted).toBe(true);
  });

  it('Z-05: a failure is not hidden behind others that found nothing', async () => {
    const down = new Saying(() => Promise.reject(new MortiseError('quota', 'Nothing left.')));
    const empty = new Saying(() => response('Not found.', [], 'no-nodes'));
    const llm = model([questions(['A?', 1], ['B?', 2])]);
    await expect(
      new SubQuestionQueryEngine({ llm }, { engines: described(down, empty) }).query('Q'),
    ).rejects.toMatchObject({ code: 'quota' });
  });

  it('Z-02: says that nothing was found when no engine found anything, without a further call', async () => {
    const empty = new Saying(() => response('Not found.', [], 'no-nodes'));
    const llm = model([questions(['A?', 1])]);
    const engine = new SubQuestionQueryEngine(
      { llm },
      { engines: described(empty, empty), notFoundText: 'Nothing.' },
    );
    expect(await engine.query('Q')).toMatchObject({ text: 'Nothing.', outcome: 'no-nodes', sources: [] });
    expect(llm.requests).toHaveLength(1);
  });

  it.each(['{"questions": []}', questions(['A?', 3]), questions(['A?', 0]), questions([' ', 1]), 'Well.'])(
    'sends the plan %s back once, then rejects',
    async (plan) => {
      const engines = described(wood(), trees());
      const mended = model([plan, questions(['A?', 1]), 'So [1].']);
      expect((await new SubQuestionQueryEngine({ llm: mended }, { engines }).query('Q')).text).toBe(
        'So [1].',
      );
      await expect(
        new SubQuestionQueryEngine({ llm: model([plan, plan]) }, { engines }).query('Q'),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^(parse|validation)$/) });
    },
  );

  it('streams the last answer', async () => {
    const llm = model([questions(['A?', 1]), 'Oak "Oak is hard" [1].']);
    const stream = new SubQuestionQueryEngine({ llm }, { engines: described(wood(), trees()) }).streamQuery(
      'Q',
    );
    const events = await collect<ResponseStreamEvent>(stream);
    expect(events[0]).toEqual({ type: 'sources', sources: [oak, ash] });
    expect(events.filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(3);
    expect(events.some(({ type }) => type === 'citation')).toBe(true);
  });
});

describe('createCitationQueryEngine', () => {
  it('cites a few sentences of a long node, whose offsets are those of the document', async () => {
    const text = Array.from({ length: 60 }, (_, n) => `Sentence number ${n} speaks of the thing ${n}.`).join(
      ' ',
    );
    const long: NodeWithScore = {
      node: createTextNode({
        id: 'long',
        text,
        // Longer than the limit by itself: the limit is one of the text.
        metadata: { path: 'a.md', note: 'word '.repeat(300) },
        relationships: { source: { id: 'doc' } },
      }),
      score: 0.5,
      evidence: { similarity: 0.9 },
    };
    const llm = model(['"speaks of the thing 40" [2].']);
    const { sources, citations } = await createCitationQueryEngine({
      llm,
      retriever: { retrieve: async () => [long] },
    }).query('Q');
    expect(sources.length).toBeGreaterThan(3);
    const at = sources.findIndex(({ node }) => node.text.includes('thing 40.'));
    expect(citations[0]).toMatchObject(
      at === 1 ? { nodeId: sources[1]!.node.id } : { problem: 'other-source' },
    );
    for (const { node, score, evidence } of sources) {
      expect(text.slice(node.start, node.end)).toBe(node.text);
      expect([node.metadata['path'], score, evidence]).toEqual(['a.md', 0.5, { similarity: 0.9 }]);
    }
  });
});

describe('RetrieverQueryEngine', () => {
  it('takes any synthesizer', async () => {
    const retriever = { retrieve: async () => [oak] };
    const engine = new RetrieverQueryEngine({ retriever, synthesizer: new NoTextSynthesizer() });
    expect(await engine.query('Q')).toMatchObject({ text: '', sources: [oak], outcome: 'answered' });
  });
});
