import type { WireAnswer } from '../dialects/contract.ts';
import { REASONING, SHORT, TEXT } from './answers.ts';
import {
  bothWays,
  checkResponse,
  collect,
  comparable,
  connect,
  expectedText,
  expectedUsage,
  isPlain,
  telling,
  tellFrames,
  WAYS,
  type LLMCase,
  type LLMTrial,
} from './lab.ts';

const STREAMING = ['streaming'];

/** L-01 to L-07: what a reply comes to, whole and streamed. */
export const replyCases: readonly LLMCase[] = [
  {
    id: 'reply.text',
    rule: 'L-07',
    title: 'gives text, finish reason, usage, id and model of a reply',
    requires: [],
    run: (trial) => bothWays(trial, (way) => replies(trial, way, TEXT)),
  },
  ...(['length', 'content-filter'] as const).map((finish): LLMCase => ({
    id: `reply.finish.${finish}`,
    rule: 'L-07',
    title: `gives the finish reason ${finish}, and the provider's own word`,
    requires: [],
    run: (trial) => bothWays(trial, (way) => replies(trial, way, { ...TEXT, finish })),
  })),
  {
    id: 'reply.empty',
    rule: 'L-07',
    title: 'gives an empty text for a reply that has none',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const answer: WireAnswer = { ...TEXT, parts: [] };
        const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
        const response = await WAYS[way](llm);
        trial.check.equal(response.text, '', `${way}: the text`);
        trial.check.equal(response.finishReason.unified, 'stop', `${way}: the finish reason`);
      }),
  },
  {
    id: 'reply.created',
    rule: 'L-07',
    title: 'gives the time at which a reply was made, as ISO 8601',
    requires: ['wire:created'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm } = await connect(trial, telling(trial.subject.dialect, TEXT));
        const { createdAt = '' } = await WAYS[way](llm);
        trial.check.ok(/^\d{4}-\d\d-\d\dT/.test(createdAt), `${way}: createdAt is ${createdAt || 'absent'}`);
        trial.check.equal(Date.parse(createdAt) / 1_000, TEXT.created, `${way}: createdAt in seconds`);
      }),
  },
  {
    id: 'reply.plain-data',
    rule: 'C-05',
    title: 'gives plain data that JSON can carry',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm } = await connect(trial, telling(trial.subject.dialect, REASONING));
        trial.check.ok(isPlain(await WAYS[way](llm)), `${way}: the response changed on its way through JSON`);
      }),
  },
  {
    id: 'reply.parallel',
    rule: 'C-05',
    title: 'keeps calls that run at the same time apart',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { dialect } = trial.subject;
        let arrived = 0;
        const { llm } = await connect(trial, async (request, reply, n) => {
          const [message] = dialect.request.messages(request.body as never).slice(-1);
          arrived++;
          // Answers only when several are there, so that they do overlap.
          while (arrived < 6) await new Promise((resolve) => setTimeout(resolve, 2));
          const pieces = `${message?.text} ${n}`.split('');
          const answer: WireAnswer = { ...TEXT, id: `${message?.text}`, parts: [{ type: 'text', pieces }] };
          return telling(dialect, answer)(request, reply, n);
        });
        const names = ['one', 'two', 'three', 'four', 'five', 'six'];
        const responses = await Promise.all(names.map((name) => WAYS[way](llm, name)));
        trial.check.equal(
          responses.map(({ text, id }) => [text.split(' ')[0], id]),
          names.map((name) => [name, name]),
          `${way}: the replies`,
        );
      }),
  },
  {
    id: 'complete.text',
    rule: 'L-07',
    title: 'completes a prompt, whole and streamed',
    requires: [],
    async run(trial) {
      const { llm } = await connect(trial, telling(trial.subject.dialect, TEXT));
      trial.check.equal((await llm.complete('Hi')).text, expectedText(TEXT), 'the completion');
      if (trial.subject.declares.streaming !== true) return;
      let text = '';
      for await (const delta of llm.streamComplete('Hi')) text += delta;
      trial.check.equal(text, expectedText(TEXT), 'the streamed completion');
    },
  },
  {
    id: 'stream.equals-whole',
    rule: 'L-04',
    title: 'gives as final() what chat() gives',
    requires: STREAMING,
    run: (trial) => sameBothWays(trial, TEXT),
  },
  {
    id: 'stream.equals-whole.reasoning',
    rule: 'L-04',
    title: 'gives as final() what chat() gives, reasoning included',
    requires: [...STREAMING, 'reasoning'],
    run: (trial) => sameBothWays(trial, REASONING),
  },
  {
    id: 'stream.several-texts',
    rule: 'L-03',
    title: 'keeps two text blocks apart',
    requires: [...STREAMING, 'wire:several-texts'],
    async run(trial) {
      const parts = ['One. ', 'Two.'].map((text) => ({
        type: 'text' as const,
        pieces: [text.slice(0, 2), text.slice(2)],
      }));
      await sameBothWays(trial, { ...TEXT, parts });
      const { llm } = await connect(
        trial,
        telling(trial.subject.dialect, { ...TEXT, parts }, { shape: { interleaved: true } }),
      );
      const { message } = await llm.streamChat('Hi').final();
      const texts = message.content.map((block) => (block.type === 'text' ? block.text : block.type));
      trial.check.equal(texts, ['One. ', 'Two.'], 'the texts of interleaved blocks');
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
    async run(trial) {
      const { dialect } = trial.subject;
      const frames = dialect.frames(TEXT);
      const first = frames.findIndex(({ data }) => data.includes('Gr'));
      const { llm } = await connect(trial, (_request, reply) =>
        tellFrames(reply, frames.slice(0, first + 1), { end: 'stall' }),
      );
      const stream = llm.streamChat('Hi');
      const read = async (): Promise<string> => {
        for await (const delta of stream.textStream) return delta;
        return '';
      };
      trial.check.equal(
        await trial.check.within(3_000, read(), 'the first delta'),
        'Grüße ',
        'the first delta',
      );
      trial.check.equal(stream.partial.text, 'Grüße ', 'what has arrived');
    },
  },
  {
    id: 'usage.parts',
    rule: 'L-01',
    title: 'counts cached and written tokens into the input, and reasoning into the output',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const usage = {
          inputTokens: 20,
          outputTokens: 7,
          cachedInputTokens: 5,
          cacheWriteTokens: 3,
          reasoningTokens: 2,
        };
        await usageIs(trial, way, { ...TEXT, usage });
      }),
  },
  {
    id: 'usage.missing',
    rule: 'L-01',
    title: 'leaves out counts that the provider did not give',
    requires: [],
    run: (trial) => bothWays(trial, (way) => usageIs(trial, way, { ...TEXT, usage: undefined })),
  },
  {
    id: 'usage.late',
    rule: 'L-02',
    title: 'gives the counts of the last event with finish',
    requires: [...STREAMING, 'usageInStreams'],
    async run(trial) {
      const { llm } = await connect(trial, telling(trial.subject.dialect, TEXT));
      const events = await collect(llm.streamChat('Hi'));
      const finish = events.at(-1);
      const { raw: _raw, ...counts } = finish?.type === 'finish' ? finish.usage : {};
      trial.check.equal(counts, expectedUsage(TEXT, trial.subject.dialect), 'the usage of finish');
    },
  },
  ...(['duplicate', 'cumulative'] as const).map((usage): LLMCase => ({
    id: `usage.${usage}`,
    rule: 'L-02',
    title:
      usage === 'duplicate' ? 'does not add usage that comes twice' : 'replaces growing counts by the last',
    requires: [...STREAMING, 'usageInStreams', 'wire:usage-repeated'],
    async run(trial) {
      const { dialect } = trial.subject;
      const { llm } = await connect(trial, telling(dialect, TEXT, { shape: { usage } }));
      checkResponse(trial, await llm.streamChat('Hi').final(), TEXT);
    },
  })),
];

async function replies(trial: LLMTrial, way: keyof typeof WAYS, answer: WireAnswer): Promise<void> {
  const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
  checkResponse(trial, await WAYS[way](llm), answer);
}

async function usageIs(trial: LLMTrial, way: keyof typeof WAYS, answer: WireAnswer): Promise<void> {
  const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
  const { raw: _raw, ...counts } = (await WAYS[way](llm)).usage;
  trial.check.equal(counts, expectedUsage(answer, trial.subject.dialect), `${way}: the usage`);
}

/** L-04 on one answer. */
export async function sameBothWays(trial: LLMTrial, answer: WireAnswer): Promise<void> {
  const { llm } = await connect(trial, telling(trial.subject.dialect, answer));
  const whole = await llm.chat('Hi');
  const streamed = await llm.streamChat('Hi').final();
  checkResponse(trial, streamed, answer);
  trial.check.equal(comparable(streamed), comparable(whole), 'final() beside chat()');
}

async function streamEvents(trial: LLMTrial): Promise<void> {
  const { check, subject } = trial;
  const { llm } = await connect(trial, telling(subject.dialect, SHORT));
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
