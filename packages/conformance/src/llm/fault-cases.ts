import { Buffer } from 'node:buffer';
import { cutFrames, framed } from '../lab/framing.ts';
import { deliver } from '../lab/deliver.ts';
import type { WireHandler } from '../wire.ts';
import { TEXT } from './answers.ts';
import {
  collect,
  connect,
  expectedText,
  inTurn,
  partialText,
  respondWith,
  typeOf,
  respondFrames,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';

const STREAMING = ['streaming'];
const BOUNDED = { deadlineMs: 20_000 };

/** E-01 to E-03 for streams: connections that break, and replies that are not what they should be. */
export const streamFaultCases: readonly LLMCase[] = [
  {
    id: 'fault.reset.after-start',
    rule: 'E-03',
    title: 'hands out nothing before the first content, so that a stream reset there is tried again unseen',
    requires: STREAMING,
    async run(context) {
      const { dialect } = context.subject;
      const frames = dialect.frames(TEXT);
      const opening = frames.slice(
        0,
        frames.findIndex(({ data }) => data.includes('Gr')),
      );
      const { llm, wire } = await connect(
        context,
        inTurn(
          (_request, reply) => respondFrames(reply, opening, { end: 'reset' }),
          respondWith(dialect, TEXT),
        ),
      );
      const events = await collect(llm.streamChat('Hi'));
      context.check.equal(wire.requests.length, 2, 'the requests');
      context.check.equal(events.filter(({ type }) => type === 'start').length, 1, 'the start events');
      const text = events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');
      context.check.equal(text, expectedText(TEXT), 'the deltas');
    },
  },
  {
    id: 'fault.reset.in-body',
    rule: 'E-03',
    title: 'gives connection with what had arrived when a stream is reset, and sends nothing again',
    requires: STREAMING,
    run: (context) =>
      breaksOff(
        context,
        'connection',
        (frames) => (_request, reply) => respondFrames(reply, frames, { end: 'reset' }),
      ),
  },
  {
    id: 'fault.cut.clean',
    rule: 'E-01',
    title: 'gives stream-truncated with what had arrived when a stream ends before its terminal event',
    requires: STREAMING,
    run: (context) =>
      breaksOff(context, 'stream-truncated', (frames) => (_request, reply) => respondFrames(reply, frames)),
  },
  {
    id: 'fault.cut.half-frame',
    rule: 'E-01',
    title: 'gives stream-truncated when a stream ends within an event',
    requires: STREAMING,
    run: (context) =>
      breaksOff(context, 'stream-truncated', (frames) => (_request, reply) => {
        const terminal = context.subject.dialect.frames(TEXT)[frames.length];
        if (terminal?.format !== undefined) {
          const whole = framed([terminal]);
          const cut = [framed(frames), whole.subarray(0, whole.length >> 1)];
          return deliver(reply, cut, { headers: typeOf(frames) });
        }
        const half = terminal && { ...terminal, data: terminal.data.slice(0, terminal.data.length >> 1) };
        const bytes = framed([...frames, ...(half === undefined ? [] : [half])]);
        return deliver(reply, [Buffer.from(bytes.toString('utf8').trimEnd())], { headers: typeOf(frames) });
      }),
  },
  {
    id: 'fault.cut.text-stream',
    rule: 'E-01',
    title: 'tells readers of textStream and completions of a cut too',
    requires: STREAMING,
    async run(context) {
      const frames = cutFrames(context.subject.dialect.frames(TEXT));
      const { llm } = await connect(context, (_request, reply) => respondFrames(reply, frames));
      const read = async (source: AsyncIterable<unknown>): Promise<void> => {
        for await (const _piece of source);
      };
      await context.check.error(read(llm.streamChat('Hi').textStream), 'stream-truncated', 'textStream');
      await context.check.error(read(llm.streamComplete('Hi')), 'stream-truncated', 'streamComplete');
    },
  },
  {
    id: 'fault.cut.empty',
    rule: 'E-01',
    title: 'tries again when a stream ends before anything was said',
    requires: STREAMING,
    async run(context) {
      const { dialect } = context.subject;
      const { llm, wire } = await connect(
        context,
        inTurn((_request, reply) => respondFrames(reply, []), respondWith(dialect, TEXT)),
      );
      context.check.equal(
        (await llm.streamChat('Hi').final()).text,
        expectedText(TEXT),
        'the reply after a retry',
      );
      context.check.equal(wire.requests.length, 2, 'the requests');
    },
  },
  {
    id: 'fault.wrong-type.stream',
    rule: 'E-02',
    title: 'gives malformed-response for a whole reply in place of a stream',
    requires: STREAMING,
    async run(context) {
      const { llm } = await connect(context, (_request, reply) => {
        reply.writeHead(200, { 'content-type': 'application/json' });
        reply.end(JSON.stringify(context.subject.dialect.body(TEXT)));
      });
      await context.check.error(llm.streamChat('Hi', BOUNDED).final(), 'malformed-response', 'streamChat');
    },
  },
  {
    id: 'fault.wrong-type.whole',
    rule: 'E-02',
    title: 'gives malformed-response for a stream in place of a whole reply',
    requires: [],
    async run(context) {
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, context.subject.dialect.frames(TEXT)),
      );
      await context.check.error(llm.chat('Hi', BOUNDED), 'malformed-response', 'chat');
    },
  },
  {
    id: 'fault.error-event',
    rule: 'E-01',
    title: 'gives an error, with what had arrived, for an error within a stream',
    requires: STREAMING,
    run: (context) =>
      breaksOff(
        context,
        ['server', 'overloaded'],
        (frames) => (_request, reply) =>
          respondFrames(reply, [...frames, context.subject.dialect.errorFrame('Conformance broke off.')]),
      ),
  },
  {
    id: 'fault.error-event.quota',
    rule: 'E-01',
    title: 'gives quota for an error within a stream that says so',
    requires: [...STREAMING, 'wire:error-kind'],
    run: (context) =>
      breaksOff(
        context,
        'quota',
        (frames) => (_request, reply) =>
          respondFrames(reply, [
            ...frames,
            context.subject.dialect.errorFrame('All of it is used.', 'quota'),
          ]),
      ),
  },
  {
    id: 'fault.broken-event',
    rule: 'E-02',
    title: 'gives malformed-response for an event that is not JSON',
    requires: STREAMING,
    run: (context) =>
      breaksOff(context, 'malformed-response', (frames) => (_request, reply) => {
        const { dialect } = context.subject;
        const broken = { ...dialect.frames(TEXT)[frames.length - 1], data: '{"broken": ' };
        const rest = dialect.frames(TEXT).slice(frames.length);
        return respondFrames(reply, [...frames, broken, ...rest]);
      }),
  },
];

/** The stream says everything but its end. */
async function breaksOff(
  context: LLMCaseContext,
  code: string | string[],
  handlerOf: (frames: ReturnType<typeof cutFrames>) => WireHandler,
): Promise<void> {
  const { check, subject } = context;
  const { llm, wire } = await connect(context, handlerOf(cutFrames(subject.dialect.frames(TEXT))));
  const stream = llm.streamChat('Hi');
  let seen = '';
  const read = async (): Promise<void> => {
    for await (const event of stream) if (event.type === 'text-delta') seen += event.delta;
  };
  const error = await check.error(read(), code, 'the stream');
  check.equal(seen, expectedText(TEXT), 'the deltas before');
  check.equal(partialText(error), expectedText(TEXT), "the error's partial text");
  check.equal(await check.rejects(stream.final(), 'final()'), error, 'what final() rejects with');
  check.equal(wire.requests.length, 1, 'the requests');
}
