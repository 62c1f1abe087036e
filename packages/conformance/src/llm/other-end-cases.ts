import { isDeepStrictEqual } from 'node:util';
import type { ChatMessage } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { objectAt } from '../dialects/answer.ts';
import type { LLMDialect, WireAnswer } from '../dialects/contract.ts';
import { deliver } from '../lab/deliver.ts';
import { framed } from '../lab/framing.ts';
import { CALL, TEXT } from './answers.ts';
import {
  checkResponse,
  connect,
  expectedText,
  failing,
  forEachMethod,
  METHODS,
  partialText,
  respondFrames,
  respondWith,
  typeOf,
  type LLMCase,
} from './lab.ts';
import { WEATHER } from './tool-cases.ts';

const SIGNATURE = 'c2lnbmVkLXBhcnQtb2YtdGhlLXdpcmU+/==';

/** A text and a call that are signed. */
const SIGNED: WireAnswer = {
  ...CALL,
  parts: [
    { type: 'text', pieces: ['One ', 'moment.'], signature: `${SIGNATURE}text` },
    {
      type: 'tool-call',
      id: 'callAlpha',
      name: 'weather',
      pieces: ['{"city": "Rome"}'],
      signature: `${SIGNATURE}call`,
    },
  ],
};

/** E-01, E-06, C-14: what the wires of some providers alone do. */
export const otherEndCases: readonly LLMCase[] = [
  {
    id: 'end.early-reason',
    rule: 'E-01',
    title: 'reads on where a reason stands with every piece, in one write and in many',
    requires: ['streaming', 'wire:early-reason'],
    async run(context) {
      const frames = context.subject.dialect.frames(TEXT, { earlyReason: true });
      for (const pieces of [[framed(frames)], frames.map((frame) => framed([frame]))]) {
        const { llm } = await connect(context, (_request, reply) =>
          deliver(reply, pieces, { headers: typeOf(frames) }),
        );
        checkResponse(context, await llm.streamChat('Hi').final(), TEXT);
      }
    },
  },
  {
    id: 'end.failed',
    rule: 'E-06',
    title: 'throws for an end that is a failure, with what there was',
    requires: ['wire:failed-end'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { check, subject } = context;
        const { dialect } = subject;
        const failed = replacing(dialect.finishWord('stop'), dialect.failedWord ?? '');
        const { llm } = await connect(context, respondWith(dialect, TEXT, { edit: failed }));
        const reply = METHODS[method](llm, 'Hi', { deadlineMs: 20_000 });
        const error = await check.error(reply, ['malformed-response', 'server', 'timeout'], method);
        check.equal(partialText(error), expectedText(TEXT), `${method}: the error's partial text`);
      }),
  },
  {
    id: 'end.blocked',
    rule: 'E-06',
    title: 'gives content-filter, and no text, for a prompt that was blocked',
    requires: ['wire:blocked-prompt'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { check, subject } = context;
        const blocked = subject.dialect.blocked?.(TEXT);
        const { llm } = await connect(context, (request, reply) => {
          if (subject.dialect.streams(request)) return respondFrames(reply, blocked?.frames ?? []);
          const bytes = Buffer.from(JSON.stringify(blocked?.body ?? {}), 'utf8');
          return deliver(reply, [bytes], { headers: typeOf(undefined) });
        });
        const { text, finishReason } = await METHODS[method](llm);
        check.equal([finishReason.unified, text], ['content-filter', ''], `${method}: the end and the text`);
        check.ok(finishReason.raw, `${method}: the provider's word is lost`);
      }),
  },
  {
    id: 'status.wait-in-body',
    rule: 'E-04',
    title: 'takes a wait that the body of a refusal tells',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { check, subject } = context;
        const message = 'Too much at once. Please try again in 250ms.';
        const { llm } = await connect(
          context,
          failing(subject.dialect, { status: 429, kind: 'rate', message }),
        );
        const error = await check.error(
          METHODS[method](llm, 'Hi', { deadlineMs: 20_000 }),
          'rate-limit',
          method,
        );
        check.equal(error.retryAfterMs, 250, `${method}: retryAfterMs`);
      }),
  },
  {
    id: 'back.signature.parts',
    rule: 'C-14',
    title: 'sends signatures of texts and calls back to their server, through JSON, and to no other',
    requires: ['tools', 'wire:part-signature'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { check, subject } = context;
        const { dialect } = subject;
        const asked = await connect(context, respondWith(dialect, SIGNED));
        const { message } = await METHODS[method](asked.llm, 'Hi', { tools: [WEATHER] });
        const carried = JSON.parse(JSON.stringify(message)) as ChatMessage;
        const result = { type: 'tool-result', toolCallId: 'callAlpha', content: 'Sun.' } as const;
        for (const name of ['conformance', 'another server']) {
          const { llm, wire } = await connect(context, respondWith(dialect, TEXT), name);
          await llm.chat([{ role: 'user', content: 'Hi' }, carried, { role: 'tool', content: [result] }], {
            tools: [WEATHER],
          });
          const sent = dialect.request.signatures?.(objectAt(wire.requests[0]?.body)) ?? [];
          const own = name === 'conformance' ? [`${SIGNATURE}text`, `${SIGNATURE}call`] : [];
          check.equal(sent, own, `${method}: the signatures that went to ${name}`);
        }
      }),
  },
  {
    id: 'back.signature.unowned',
    rule: 'C-14',
    title: 'sends signed reasoning that does not say whose it is to nobody, with a warning',
    requires: ['reasoning', 'wire:signature'],
    async run(context) {
      const { check, subject } = context;
      for (const opaque of [{ signature: SIGNATURE }, { encrypted: SIGNATURE }]) {
        const { llm, wire } = await connect(context, respondWith(subject.dialect, TEXT));
        const { warnings } = await llm.chat([
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [
              { type: 'reasoning', text: 'Hm.', ...opaque },
              { type: 'text', text: 'So.' },
            ],
          },
          { role: 'user', content: 'Go on' },
        ]);
        check.ok(wire.requests[0]?.text.includes(SIGNATURE) === false, "what is nobody's was sent");
        check.ok(warnings.length > 0, 'no warning says that something was left out');
      }
    },
  },
];

/** A body or an event in which one word stands for another, wherever it is a value. */
function replacing(word: string, other: string): (data: Record<string, unknown>) => Record<string, unknown> {
  const replaced = (value: unknown): unknown => {
    if (value === word) return other;
    if (Array.isArray(value)) return value.map(replaced);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member)]));
  };
  return (data) => replaced(data) as Record<string, unknown>;
}

/** What stands in `without` for a dialect that does not write what only some wires say. */
export function withoutOtherEnds(dialect: LLMDialect): LLMDialect {
  const unsaid: [word: string, isUnsaid: boolean, member: string][] = [
    [
      'early-reason',
      isDeepStrictEqual(dialect.frames(TEXT, { earlyReason: true }), dialect.frames(TEXT)),
      'a reason with every piece (`shape.earlyReason`)',
    ],
    ['failed-end', dialect.failedWord === undefined, 'an end that is a failure (`failedWord`)'],
    ['blocked-prompt', dialect.blocked === undefined, 'a prompt that was blocked (`blocked`)'],
    [
      'part-signature',
      !JSON.stringify(dialect.body(SIGNED)).includes(SIGNATURE),
      'signatures of texts and calls (`signature`)',
    ],
  ];
  const without: Record<string, string> = { ...dialect.without };
  for (const [word, isUnsaid, member] of unsaid)
    if (isUnsaid) without[word] ??= `The dialect does not write ${member}.`;
  return { ...dialect, without };
}
