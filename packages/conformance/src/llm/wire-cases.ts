import type { Buffer } from 'node:buffer';
import type { WireAnswer } from '../dialects/contract.ts';
import { allSplits, everyByte, framed, type Framing } from '../lab/framing.ts';
import { CALL, REASONING, SHORT, TEXT } from './answers.ts';
import {
  forEachMethod,
  checkResponse,
  connect,
  expectedText,
  respondWith,
  respondFrames,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
  type RespondOptions,
} from './lab.ts';

const STREAMING = ['streaming'];

/** What only server-sent events have. */
const EVENTS = [...STREAMING, 'wire:event-stream'];

/** What only text has. */
const LINES = [...STREAMING, 'wire:lines'];

const FRAMINGS: [id: string, title: string, framing: Framing, requires: readonly string[]][] = [
  ['crlf', 'lines that end in CRLF', { newline: '\r\n' }, LINES],
  ['cr', 'lines that end in CR', { newline: '\r' }, EVENTS],
  ['comments', 'comments between the events', { comments: true }, EVENTS],
  ['bom', 'a byte order mark', { bom: true }, LINES],
  ['bare', 'fields without a space after the colon, and unknown ones', { bare: true }, EVENTS],
];

/** W-01 and W-02: the same reply, however its bytes come, and whatever stands beside it. */
export const streamWireCases: readonly LLMCase[] = [
  ...FRAMINGS.map(([id, title, framing, requires]): LLMCase => ({
    id: `wire.${id}`,
    rule: 'W-01',
    title: `reads ${title}, one byte per write and in one`,
    requires,
    async run(context) {
      await same(context, SHORT, { framing });
      await same(context, SHORT, { framing, split: everyByte });
    },
  })),
  {
    id: 'wire.bytes.reasoning',
    rule: 'W-01',
    title: 'reads reasoning that comes one byte per write',
    requires: ['reasoning'],
    run: (context) => same(context, REASONING, { split: everyByte }),
  },
  {
    id: 'wire.bytes.tools',
    rule: 'W-01',
    title: 'reads a tool call that comes one byte per write',
    requires: ['tools'],
    run: (context) => same(context, CALL, { split: everyByte }),
  },
  {
    id: 'wire.splits',
    rule: 'W-01',
    title: 'reads a reply cut at every position, or at seeded ones where it is long',
    requires: STREAMING,
    run: splits,
  },
  {
    id: 'wire.one-write',
    rule: 'W-01',
    title: 'reads all events of one write',
    requires: STREAMING,
    run: (context) => same(context, richest(context), {}),
  },
  {
    id: 'wire.after-terminal',
    rule: 'W-01',
    title:
      'does not wait for the connection to end after the terminal event, nor for ever where there is none',
    requires: STREAMING,
    async run(context) {
      const { dialect } = context.subject;
      const frames = dialect.frames(TEXT);
      const mostMs = dialect.endsWithBytes === true ? 10_000 : 3_000;
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, frames, { end: 'stall' }),
      );
      const response = await context.check.within(mostMs, llm.streamChat('Hi').final(), 'final()');
      checkResponse(context, response, TEXT);
    },
  },
  {
    id: 'unknown.event',
    rule: 'W-02',
    title: 'ignores an event of a kind it does not know',
    requires: STREAMING,
    run: (context) => same(context, TEXT, { shape: { unknownEvent: true } }),
  },
  {
    id: 'unknown.block',
    rule: 'W-02',
    title: 'keeps a block of a kind it does not know as its own',
    requires: ['wire:unknown-block'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const answer: WireAnswer = { ...TEXT, parts: [...TEXT.parts, { type: 'unknown' }] };
        const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
        const { message, text } = await METHODS[method](llm);
        context.check.equal(text, expectedText(TEXT), `${method}: the text`);
        const types = message.content.map(({ type }) => type);
        context.check.equal(
          types,
          ['text', `${llm.provider}:hologram`],
          `${method}: the blocks, the unknown one named PROVIDER:KIND`,
        );
      }),
  },
];

function richest({ subject }: LLMCaseContext): WireAnswer {
  return subject.declares.reasoning === true ? REASONING : TEXT;
}

async function same(context: LLMCaseContext, answer: WireAnswer, options: RespondOptions): Promise<void> {
  await forEachMethod(context, async (method) => {
    const { llm } = await connect(context, respondWith(context.subject.dialect, answer, options));
    checkResponse(context, await METHODS[method](llm), answer);
  });
}

/** How many replies are under way at once: enough to be quick, few enough to keep writes apart. */
const AT_ONCE = 8;

async function splits(context: LLMCaseContext): Promise<void> {
  const { dialect } = context.subject;
  const cuts = allSplits(framed(dialect.frames(SHORT)));
  const { llm } = await connect(context, (request, reply, n) => {
    const split = (bytes: Buffer): Buffer[] => cuts[n] ?? [bytes];
    return respondWith(dialect, SHORT, { split })(request, reply, n);
  });
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next++ < cuts.length) checkResponse(context, await llm.streamChat('Hi').final(), SHORT);
    }),
  );
}
