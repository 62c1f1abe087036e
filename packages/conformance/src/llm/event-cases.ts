import type { ChatStreamEvent } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import type { Frame, WireAnswer } from '../dialects/contract.ts';
import { CALL, PARALLEL_CALLS, REASONING, TEXT } from './answers.ts';
import {
  checkResponse,
  collect,
  connect,
  forEachMethod,
  METHODS,
  respondFrames,
  respondWith,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';

const STREAMING = ['streaming'];

/** Numbers that stand nowhere else in a stream. */
const COUNTED: WireAnswer = { ...TEXT, usage: { inputTokens: 40_961, outputTokens: 51_203 } };

/** L-02, L-03, L-07: what events come to, and what a reply says besides. */
export const eventCases: readonly LLMCase[] = [
  {
    id: 'stream.events.tools',
    rule: 'L-03',
    title: 'tells each call by its place, and its block at the end',
    requires: [...STREAMING, 'tools'],
    async run(context) {
      const answer = context.subject.declares.parallelTools === false ? CALL : PARALLEL_CALLS;
      const { events, content } = await told(context, answer);
      const calls = content.map((block) => block.type === 'tool-call' && [block.id, block.name]);
      const starts: unknown[] = content.map(() => undefined);
      for (const event of events)
        if (event.type === 'tool-call-start') starts[event.index] = [event.id, event.name];
      context.check.equal(starts, calls, 'the calls, by their places');
      // Where no pieces come, there are none to join.
      if (context.subject.dialect.without['argument-pieces'] !== undefined) return;
      context.check.equal(
        joined(events, 'tool-call-delta', content.length).map((text) => parsed(text)),
        content.map((block) => block.type === 'tool-call' && block.arguments),
        'their arguments, joined by their places',
      );
    },
  },
  {
    id: 'stream.events.reasoning',
    rule: 'L-03',
    title: 'tells reasoning by its place, and its block at the end',
    requires: [...STREAMING, 'reasoning'],
    async run(context) {
      const { events, content } = await told(context, REASONING);
      context.check.equal(
        joined(events, 'reasoning-delta', content.length),
        content.map((block) => (block.type === 'reasoning' ? block.text : '')),
        'the reasoning, joined by its place',
      );
    },
  },
  {
    id: 'stream.events.start',
    rule: 'L-03',
    title: 'says at the start who answers, as the reply does in the end',
    requires: STREAMING,
    async run(context) {
      const { llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const stream = llm.streamChat('Hi');
      const [start] = await collect(stream);
      const { id, model, createdAt } = await stream.final();
      context.check.equal(start?.type, 'start', 'the first event');
      for (const [name, value] of Object.entries({ id, model, createdAt })) {
        const said = (start as unknown as Record<string, unknown>)[name];
        context.check.equal(said ?? value, value, name);
      }
      if (context.subject.dialect.without['model'] === undefined)
        context.check.equal(start?.type === 'start' && start.model, TEXT.model, 'the model');
    },
  },
  {
    id: 'stream.cancel',
    rule: 'L-06',
    title: 'ends at cancel(), closes its connection, and says what had arrived',
    requires: STREAMING,
    async run(context) {
      const frames = context.subject.dialect.frames(TEXT);
      const { llm, wire } = await connect(context, (_request, reply) =>
        respondFrames(reply, frames.slice(0, -2), { end: 'stall' }),
      );
      const stream = llm.streamChat('Hi');
      const iterator = stream.textStream[Symbol.asyncIterator]();
      await iterator.next();
      await context.check.within(3_000, stream.cancel(), 'cancel()');
      const error = await context.check.error(stream.final(), 'aborted', 'final()');
      context.check.ok(error.partial !== undefined, 'what had arrived is lost');
      const closed = await context.check.within(3_000, wire.requests[0]!.closedEarly, 'the connection');
      context.check.ok(closed, 'the connection was not closed');
    },
  },
  {
    id: 'tools.parallel.one-index',
    rule: 'W-03',
    title: 'keeps streamed calls apart by their ids, where they have one index or none',
    requires: [...STREAMING, 'tools', 'parallelTools', 'wire:call-index'],
    async run(context) {
      for (const calls of ['one-index', 'no-index'] as const) {
        const { llm } = await connect(
          context,
          respondWith(context.subject.dialect, PARALLEL_CALLS, { shape: { calls } }),
        );
        checkResponse(context, await llm.streamChat('Hi').final(), PARALLEL_CALLS);
      }
    },
  },
  {
    id: 'stream.blocks-open',
    rule: 'E-01',
    title: 'keeps what blocks had that are still open when the end is said',
    requires: STREAMING,
    async run(context) {
      const { declares, dialect } = context.subject;
      for (const answer of [TEXT, ...(declares.tools === true ? [CALL] : [])]) {
        const { llm } = await connect(context, (_request, reply) =>
          respondFrames(reply, unclosed(dialect.frames(answer), answer)),
        );
        checkResponse(context, await llm.streamChat('Hi').final(), answer);
      }
    },
  },
  {
    id: 'usage.null-later',
    rule: 'L-02',
    title: 'keeps a count that is null later',
    requires: [...STREAMING, 'usageInStreams', 'wire:usage-repeated'],
    async run(context) {
      const { dialect } = context.subject;
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, nulledLater(dialect.frames(COUNTED, { usage: 'duplicate' }))),
      );
      const { inputTokens, outputTokens } = (await llm.streamChat('Hi').final()).usage;
      context.check.equal({ inputTokens, outputTokens }, { ...COUNTED.usage }, 'the counts');
    },
  },
  {
    id: 'usage.raw',
    rule: 'L-07',
    title: "gives the provider's own object of counts beside the contract's",
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, COUNTED));
        const { raw } = (await METHODS[method](llm)).usage;
        const isWhole = isObject(raw) && JSON.stringify(raw).includes(`${COUNTED.usage?.outputTokens}`);
        context.check.ok(isWhole, `${method}: usage.raw is ${JSON.stringify(raw)}`);
      }),
  },
  {
    id: 'usage.tools',
    rule: 'L-01',
    title: "counts what the provider's own tools read into the input",
    requires: ['wire:tool-tokens'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const usage = { inputTokens: 300, outputTokens: 7, toolTokens: 90 };
        const { llm } = await connect(context, respondWith(context.subject.dialect, { ...TEXT, usage }));
        const { inputTokens, totalTokens } = (await METHODS[method](llm)).usage;
        context.check.equal({ inputTokens, totalTokens }, { inputTokens: 300, totalTokens: 307 }, method);
      }),
  },
  {
    id: 'finish.unknown',
    rule: 'W-02',
    title: 'gives `other` for an end in a word that it does not know, and keeps the word',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { dialect } = context.subject;
        const word = dialect.finishWord('stop');
        const edit = (data: object): Record<string, unknown> =>
          JSON.parse(JSON.stringify(data).replaceAll(`"${word}"`, '"hologram_end"')) as Record<
            string,
            unknown
          >;
        const { llm } = await connect(context, respondWith(dialect, TEXT, { edit }));
        const { finishReason, text } = await METHODS[method](llm);
        context.check.equal(finishReason, { unified: 'other', raw: 'hologram_end' }, `${method}: the end`);
        context.check.ok(text !== '', `${method}: the text is lost`);
      }),
  },
  {
    id: 'complete.response',
    rule: 'L-07',
    title: 'gives of a completion what it gives of a chat: end, counts, id and model, streamed too',
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const { id, model, usage, finishReason, createdAt } = await llm.chat('Hi', { maxOutputTokens: 123 });
      const expected = { id, model, finishReason, createdAt, input: usage.inputTokens };
      const shown = (response: Awaited<ReturnType<typeof llm.complete>>): object => ({
        id: response.id,
        model: response.model,
        finishReason: response.finishReason,
        createdAt: response.createdAt,
        input: response.usage.inputTokens,
      });
      context.check.equal(shown(await llm.complete('Hi', { maxOutputTokens: 123 })), expected, 'complete()');
      context.check.equal(wire.requests[1]?.body, wire.requests[0]?.body, 'what complete() sent');
      if (context.subject.declares.streaming !== true) return;
      const stream = llm.streamComplete('Hi', { maxOutputTokens: 123 });
      context.check.equal(shown(await stream.final()), expected, 'streamComplete()');
    },
  },
];

async function told(context: LLMCaseContext, answer: WireAnswer) {
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  const stream = llm.streamChat('Hi');
  const events = await collect(stream);
  const { content } = (await stream.final()).message;
  const blocks = new Map(
    events.flatMap((event) => (event.type === 'block' ? [[event.index, event.block]] : [])),
  );
  context.check.equal(
    content.map((_block, index) => blocks.get(index)),
    content,
    'the finished blocks, by their places',
  );
  return { events, content };
}

function joined(
  events: readonly ChatStreamEvent[],
  type: 'reasoning-delta' | 'tool-call-delta',
  length: number,
): string[] {
  const texts = Array.from({ length }, () => '');
  for (const event of events) if (event.type === type) texts[event.index] += event.delta;
  return texts;
}

function parsed(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without the events between the last piece and the first that ends the reply. */
function unclosed(frames: readonly Frame[], { parts }: WireAnswer): Frame[] {
  const pieces = parts.flatMap((part) => ('pieces' in part ? (part.pieces ?? []) : []));
  const last = JSON.stringify(pieces.at(-1)).slice(1, -1);
  const end = frames.findIndex(({ terminal }) => terminal === true);
  const said = frames.slice(0, end).findLastIndex(({ data }) => data.includes(last));
  // A wire that says a part whole has no piece of it that could stand open.
  return said === -1 ? [...frames] : [...frames.slice(0, said + 1), ...frames.slice(end)];
}

/** The last event that tells the counts tells null instead. */
function nulledLater(frames: readonly Frame[]): Frame[] {
  const { inputTokens, outputTokens } = COUNTED.usage!;
  const counts = new RegExp(`\\b(${inputTokens}|${outputTokens}|${inputTokens + outputTokens})\\b`, 'g');
  const last = frames.findLastIndex(({ data }) => data.includes(`${outputTokens}`));
  return frames.map((frame, at) =>
    at === last ? { ...frame, data: frame.data.replaceAll(counts, 'null') } : frame,
  );
}
