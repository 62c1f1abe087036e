import { isObject } from '@mortise/core/shared';
import type { Frame, WireAnswer } from '../dialects/contract.ts';
import { CALL, PARALLEL_CALLS, TEXT } from './answers.ts';
import {
  forEachMethod,
  checkResponse,
  connect,
  expectedText,
  partialText,
  respondWith,
  respondFrames,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';

const STREAMING = ['streaming'];
const EVENTS = [...STREAMING, 'wire:event-stream'];
const BOUNDED = { deadlineMs: 20_000 };

/** E-01, E-06, W-03: what is the end of a reply and what is not, and which call is which. */
export const endCases: readonly LLMCase[] = [
  {
    id: 'end.said',
    rule: 'E-01',
    title: 'takes a reply for whole when its end was said, by a reason or by the terminal event',
    requires: STREAMING,
    async run(context) {
      // The last event may be the one that counts.
      const answer = { ...TEXT, usage: undefined };
      const frames = context.subject.dialect.frames(answer);
      const apart = frames.filter(({ terminal }) => terminal === true).length > 1;
      const last = frames.findLastIndex(({ terminal }) => terminal === true);
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, frames.toSpliced(last, 1)),
      );
      // Where one event says both there is nothing left that could say it.
      if (apart) return checkResponse(context, await llm.streamChat('Hi').final(), answer);
      await context.check.error(llm.streamChat('Hi', BOUNDED).final(), 'stream-truncated', 'without its end');
    },
  },
  {
    id: 'wire.blank-data',
    rule: 'W-01',
    title: 'takes events with blank data for signs of life',
    requires: EVENTS,
    run: (context) =>
      same(context, (frames) => frames.flatMap((frame) => [{ data: '' }, frame, { data: ' ' }])),
  },
  {
    id: 'wire.done-blank',
    rule: 'W-01',
    title: 'knows [DONE] with a blank behind it',
    requires: EVENTS,
    run: (context) =>
      same(context, (frames) => [...frames.filter(({ data }) => data !== '[DONE]'), { data: '[DONE] ' }]),
  },
  {
    id: 'fault.error-event.named',
    rule: 'E-06',
    title: "takes an event named error for a failure, whatever its shape, in the server's words",
    requires: EVENTS,
    async run(context) {
      const data = JSON.stringify({ code: 400, details: 'Conformance sampled too much.' });
      const frames = context.subject.dialect.frames(TEXT);
      const first = frames.findIndex(({ terminal }) => terminal === true);
      const { llm } = await connect(context, (_request, reply) =>
        respondFrames(reply, frames.toSpliced(first, 0, { event: 'error', data })),
      );
      const error = await context.check.error(llm.streamChat('Hi').final(), 'invalid-request', 'the stream');
      context.check.ok(error.message.includes('Conformance sampled'), `the message is ${error.message}`);
      context.check.equal(partialText(error), expectedText(TEXT), 'what had arrived');
    },
  },
  {
    id: 'finish.no-call',
    rule: 'E-06',
    title: 'gives malformed-response for a reply that ended to call tools and calls none',
    requires: ['tools'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const answer: WireAnswer = { ...TEXT, finish: 'tool-calls' };
        const { llm } = await connect(context, respondWith(context.subject.dialect, answer));
        const { dialect } = context.subject;
        const word = dialect.finishWord('tool-calls');
        // A wire that has one word for both ends says nothing that could be wrong.
        if (word === dialect.finishWord('stop')) return context.check.ok(true, `${method}: one word`);
        await context.check.error(METHODS[method](llm, 'Hi', BOUNDED), 'malformed-response', method);
      }),
  },
  {
    id: 'tools.ids.absent',
    rule: 'W-03',
    title: 'gives calls that come without an id one that is unique in the conversation',
    requires: ['tools'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const without = (data: Record<string, unknown>): Record<string, unknown> =>
          JSON.parse(JSON.stringify(data).replaceAll(/"call(Alpha|Bravo|Gamma)"/g, '""')) as Record<
            string,
            unknown
          >;
        const { llm } = await connect(
          context,
          respondWith(context.subject.dialect, PARALLEL_CALLS, { edit: without }),
        );
        const replies = await Promise.all([METHODS[method](llm), METHODS[method](llm)]);
        const ids = replies.flatMap(({ toolCalls }) => toolCalls.map(({ id }) => id));
        context.check.equal(ids.length, 6, `${method}: the calls of two replies`);
        context.check.equal(new Set(ids).size, 6, `${method}: their ids: ${ids.join(', ')}`);
        context.check.ok(!ids.includes(''), `${method}: an id is empty`);
      }),
  },
  {
    id: 'request.options.removed',
    rule: 'C-07',
    title: 'leaves out of the request what providerOptions take back with null or undefined',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
        await METHODS[method](llm, 'Hi', { maxOutputTokens: 77 });
        const body = wire.requests[0]?.body;
        const member = isObject(body) ? Object.keys(body).find((name) => body[name] === 77) : undefined;
        // A wire that puts it deeper, or nowhere, has no member to take back.
        if (member === undefined) return context.check.ok(true, 'no member');
        for (const nothing of [null, undefined]) {
          const providerOptions = { [llm.provider]: { [member]: nothing } };
          await METHODS[method](llm, 'Hi', { maxOutputTokens: 77, providerOptions });
          const sent = wire.requests.at(-1)?.body;
          context.check.ok(
            isObject(sent) && !(member in sent),
            `${method}: ${member} is sent with ${String(nothing)}`,
          );
        }
      }),
  },
];

/** The same reply, its events told otherwise. */
async function same(
  context: LLMCaseContext,
  change: (frames: readonly Frame[]) => readonly Frame[],
): Promise<void> {
  for (const answer of context.subject.declares.tools === true ? [TEXT, CALL] : [TEXT]) {
    const { llm } = await connect(context, (_request, reply) =>
      respondFrames(reply, change(context.subject.dialect.frames(answer))),
    );
    checkResponse(context, await llm.streamChat('Hi').final(), answer);
  }
}
