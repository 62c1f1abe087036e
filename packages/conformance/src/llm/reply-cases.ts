import type { WireAnswer } from '../dialects/contract.ts';
import { objectAt } from '../dialects/answer.ts';
import { REASONING, SHORT, TEXT } from './answers.ts';
import {
  forEachMethod,
  checkResponse,
  collect,
  comparable,
  connect,
  expectedText,
  expectedUsage,
  isPlain,
  respondWith,
  respondFrames,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';

const STREAMING = ['streaming'];

/** L-01 to L-07: what a reply comes to, whole and streamed. */
export const replyCases: readonly LLMCase[] = [
  {
    id: 'reply.text',
    rule: 'L-07',
    title: 'gives text, finish reason, usage, id and model of a reply',
    requires: [],
    run: (context) => forEachMethod(context, (method) => replies(context, method, TEXT)),
  },
  ...(['length', 'content-filter'] as const).map((finish): LLMCase => ({
    id: `reply.finish.${finish}`,
    rule: 'L-07',
    title: `gives the finish reason ${finish}, and the provider's own word`,
    requires: [],
    run: (context) => forEachMethod(context, (method) => replies(context, method, { ...TEXT, finish })),
  })),
  {
    id: 'reply.empty',
    rule: 'L-07',
    title: 'gives an empty text for a reply that has none',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const answer: WireAnswer = { ...TEXT, parts: [] };
        const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
        const response = await METHODS[method](llm);
        context.check.equal(response.text, '', `${method}: the text`);
        context.check.equal(response.finishReason.unified, 'stop', `${method}: the finish reason`);
      }),
  },
  {
    id: 'reply.created',
    rule: 'L-07',
    title: 'gives the time at which a reply was made, as ISO 8601',
    requires: ['wire:created'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
        const { createdAt = '' } = await METHODS[method](llm);
        context.check.ok(
          /^\d{4}-\d\d-\d\dT/.test(createdAt),
          `${method}: createdAt is ${createdAt || 'absent'}`,
        );
        context.check.equal(Date.parse(createdAt) / 1_000, TEXT.created, `${method}: createdAt in seconds`);
      }),
  },
  {
    id: 'reply.plain-data',
    rule: 'C-05',
    title: 'gives plain data that JSON can carry',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, REASONING));
        context.check.ok(
          isPlain(await METHODS[method](llm)),
          `${method}: the response changed on its way through JSON`,
        );
      }),
  },
  {
    id: 'reply.parallel',
    rule: 'C-05',
    title: 'keeps calls that run at the same time apart',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { dialect } = context.subject;
        let arrived = 0;
        const { llm } = await connect(context, async (request, reply, n) => {
          const [message] = dialect.request.messages(request.body as never).slice(-1);
          arrived++;
          // Answers only when several are there, so that they do overlap.
          while (arrived < 6) await new Promise((resolve) => setTimeout(resolve, 2));
          const pieces = `${message?.text} ${n}`.split('');
          const answer: WireAnswer = { ...TEXT, id: `${message?.text}`, parts: [{ type: 'text', pieces }] };
          return respondWith(dialect, answer)(request, reply, n);
        });
        const names = ['one', 'two', 'three', 'four', 'five', 'six'];
        const responses = await Promise.all(names.map((name) => METHODS[method](llm, name)));
        const hasIds = dialect.without['reply-id'] === undefined;
        context.check.equal(
          responses.map(({ text, id }) => [text.split(' ')[0], hasIds ? id : undefined]),
          names.map((name) => [name, hasIds ? name : undefined]),
          `${method}: the replies`,
        );
      }),
  },
  {
    id: 'complete.text',
    rule: 'L-07',
    title: 'completes a prompt, whole and streamed',
    requires: [],
    async run(context) {
      const { llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
      context.check.equal((await llm.complete('Hi')).text, expectedText(TEXT), 'the completion');
      if (context.subject.declares.streaming !== true) return;
      let text = '';
      for await (const delta of llm.streamComplete('Hi')) text += delta;
      context.check.equal(text, expectedText(TEXT), 'the streamed completion');
    },
  },
  {
    id: 'stream.equals-whole',
    rule: 'L-04',
    title: 'gives as final() what chat() gives',
    requires: STREAMING,
    run: (context) => sameByEveryMethod(context, TEXT),
  },
  {
    id: 'stream.equals-whole.reasoning',
    rule: 'L-04',
    title: 'gives as final() what chat() gives, reasoning included',
    requires: [...STREAMING, 'reasoning'],
    run: (context) => sameByEveryMethod(context, REASONING),
  },
  {
    id: 'stream.several-texts',
    rule: 'L-03',
    title: 'keeps two text blocks apart',
    requires: [...STREAMING, 'wire:several-texts'],
    async run(context) {
      const parts = ['One. ', 'Two.'].map((text) => ({
        type: 'text' as const,
        pieces: [text.slice(0, 2), text.slice(2)],
      }));
      await sameByEveryMethod(context, { ...TEXT, parts });
      const { llm } = await connect(
        context,
        respondWith(context.subject.dialect, { ...TEXT, parts }, { shape: { interleaved: true } }),
      );
      const { message } = await llm.streamChat('Hi').final();
      const texts = message.content.map((block) => (block.type === 'text' ? block.text : block.type));
      context.check.equal(texts, ['One. ', 'Two.'], 'the texts of interleaved blocks');
    },
  },
  {
    id: 'stream.events',
    rule: 'L-03',
    title: 'begins with start, ends with finish, and its deltas and blocks come to the message',
    requires: STREAMING,
    run: streamEvents,
  },
  {
    id: 'stream.incremental',
    rule: 'L-05',
    title: 'hands on each delta as it arrives',
    requires: STREAMING,
    async run(context) {
      const { dialect } = context.subject;
      const frames = dialect.frames(TEXT);
      const first = frames.findIndex(({ data }) => data.includes('Gr'));
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, frames.slice(0, first + 1), { end: 'stall' }),
      );
      const stream = llm.streamChat('Hi');
      const read = async (): Promise<string> => {
        for await (const delta of stream.textStream) return delta;
        return '';
      };
      context.check.equal(
        await context.check.within(3_000, read(), 'the first delta'),
        'Grüße ',
        'the first delta',
      );
      context.check.equal(stream.partial.text, 'Grüße ', 'what has arrived');
    },
  },
  {
    id: 'usage.parts',
    rule: 'L-01',
    title: 'counts cached and written tokens into the input, and reasoning into the output',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const usage = {
          inputTokens: 20,
          outputTokens: 7,
          cachedInputTokens: 5,
          cacheWriteTokens: 3,
          reasoningTokens: 2,
        };
        await usageIs(context, method, { ...TEXT, usage });
      }),
  },
  {
    id: 'usage.missing',
    rule: 'L-01',
    title: 'leaves out counts that the provider did not give',
    requires: [],
    run: (context) =>
      forEachMethod(context, (method) => usageIs(context, method, { ...TEXT, usage: undefined })),
  },
  {
    id: 'usage.no-count',
    rule: 'L-01',
    title: 'leaves out counts that are negative or fractions, and gives the reply',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        for (const [inputTokens, outputTokens] of [
          [-5, -7],
          [1.5, 2.25],
        ] as const) {
          const answer = { ...TEXT, usage: { inputTokens, outputTokens } };
          const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
          const { text, usage } = await METHODS[method](llm);
          context.check.equal(text, expectedText(TEXT), `${method}: the text`);
          const { raw: _raw, ...counts } = usage;
          context.check.equal(
            counts,
            {},
            `${method}: the counts of ${inputTokens} and ${outputTokens} tokens`,
          );
        }
      }),
  },
  {
    id: 'usage.late',
    rule: 'L-02',
    title: 'gives the counts of the last event with finish',
    requires: [...STREAMING, 'usageInStreams'],
    async run(context) {
      const { llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const events = await collect(llm.streamChat('Hi'));
      const finish = events.at(-1);
      const { raw: _raw, ...counts } = finish?.type === 'finish' ? finish.usage : {};
      context.check.equal(counts, expectedUsage(TEXT, context.subject.dialect), 'the usage of finish');
    },
  },
  {
    id: 'usage.asked',
    rule: 'L-02',
    title: 'asks a stream for its counts, where the wire gives them only when asked',
    requires: [...STREAMING, 'usageInStreams', 'wire:usage-asked'],
    async run(context) {
      const { dialect } = context.subject;
      const { llm, wire } = await connect(context, respondWith(dialect, TEXT));
      await llm.streamChat('Hi').final();
      const asked = dialect.request.usage?.(objectAt(wire.requests[0]?.body));
      context.check.equal(asked, true, 'whether the counts were asked for');
    },
  },
  ...(['duplicate', 'cumulative'] as const).map((usage): LLMCase => ({
    id: `usage.${usage}`,
    rule: 'L-02',
    title:
      usage === 'duplicate' ? 'does not add usage that comes twice' : 'replaces growing counts by the last',
    requires: [...STREAMING, 'usageInStreams', 'wire:usage-repeated'],
    async run(context) {
      const { dialect } = context.subject;
      const { llm } = await connect(context, respondWith(dialect, TEXT, { shape: { usage } }));
      checkResponse(context, await llm.streamChat('Hi').final(), TEXT);
    },
  })),
];

async function replies(
  context: LLMCaseContext,
  method: keyof typeof METHODS,
  answer: WireAnswer,
): Promise<void> {
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  checkResponse(context, await METHODS[method](llm), answer);
}

async function usageIs(
  context: LLMCaseContext,
  method: keyof typeof METHODS,
  answer: WireAnswer,
): Promise<void> {
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  const { raw: _raw, ...counts } = (await METHODS[method](llm)).usage;
  context.check.equal(counts, expectedUsage(answer, context.subject.dialect), `${method}: the usage`);
}

/** L-04 on one answer. */
export async function sameByEveryMethod(context: LLMCaseContext, answer: WireAnswer): Promise<void> {
  const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
  const whole = await llm.chat('Hi');
  const streamed = await llm.streamChat('Hi').final();
  checkResponse(context, streamed, answer);
  context.check.equal(comparable(streamed), comparable(whole), 'final() beside chat()');
}

async function streamEvents(context: LLMCaseContext): Promise<void> {
  const { check, subject } = context;
  const { llm } = await connect(context, respondWith(subject.dialect, SHORT));
  const stream = llm.streamChat('Hi');
  const events = await collect(stream);
  const { message } = await stream.final();
  check.equal(events[0]?.type, 'start', 'the first event');
  check.equal(
    events.findIndex(({ type }) => type === 'finish'),
    events.length - 1,
    'the place of finish',
  );
  const rebuilt = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'text-delta') {
      const { index, delta } = event;
      check.ok(delta !== '', 'no delta is empty');
      rebuilt.set(index, `${rebuilt.get(index) ?? ''}${delta}`);
    }
  }
  const texts = message.content.flatMap((block, index) =>
    block.type === 'text' ? [[index, block.text]] : [],
  );
  check.equal([...rebuilt], texts, 'the deltas, joined by their index');
  const blocks = events.flatMap((event) => (event.type === 'block' ? [[event.index, event.block]] : []));
  const last = new Map(blocks as [number, unknown][]);
  check.equal(
    message.content.map((_block, index) => last.get(index)),
    message.content,
    'the finished blocks, by their index',
  );
}
