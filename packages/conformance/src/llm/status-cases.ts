import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { Failure } from '../dialects/contract.ts';
import { TEXT } from './answers.ts';
import {
  bothWays,
  connect,
  expectedText,
  failing,
  inTurn,
  telling,
  WAYS,
  type LLMCase,
  type LLMTrial,
  type Way,
} from './lab.ts';

/** Milliseconds: more than any back-off that one retry draws, far less than a `Retry-After` that is not waited for. */
const DEADLINE = { deadlineMs: 4_000 };

const REFUSED: [id: string, code: string, failure: Omit<Failure, 'message'>][] = [
  ['400', 'invalid-request', { status: 400 }],
  ['401', 'authentication', { status: 401 }],
  ['403', 'permission', { status: 403 }],
  ['404', 'not-found', { status: 404 }],
  ['413', 'invalid-request', { status: 413 }],
  ['422', 'invalid-request', { status: 422 }],
  ['429.quota', 'quota', { status: 429, kind: 'quota' }],
  ['400.context-length', 'context-length', { status: 400, kind: 'context-length' }],
];

const RETRIED: [id: string, code: string, failure: Omit<Failure, 'message'>][] = [
  ['408', 'timeout', { status: 408 }],
  ['409', 'conflict', { status: 409 }],
  ['429', 'rate-limit', { status: 429, kind: 'rate' }],
  ['500', 'server', { status: 500 }],
  ['502', 'server', { status: 502 }],
  ['503', 'overloaded', { status: 503 }],
  ['504', 'server', { status: 504 }],
  ['529', 'overloaded', { status: 529 }],
];

/** E-04 and E-05: what each status means, whether it is retried, and how long is waited. */
export const statusCases: readonly LLMCase[] = [
  ...REFUSED.map(([id, code, failure]): LLMCase => ({
    id: `status.${id}`,
    rule: 'E-04',
    title: `gives ${code} for a ${failure.status}, and sends nothing again`,
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const handler = failing(trial.subject.dialect, { ...failure, message: 'Conformance says no.' });
        const { llm, wire } = await connect(trial, handler);
        const error = await trial.check.error(WAYS[way](llm), code, way);
        trial.check.equal(error.status, failure.status, `${way}: the status`);
        trial.check.equal(error.retryable, false, `${way}: retryable`);
        trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
      }),
  })),
  ...RETRIED.map(([id, code, failure]): LLMCase => ({
    id: `status.${id}`,
    rule: 'E-04',
    title: `tries again after a ${failure.status}, and gives ${code} when it must`,
    requires: [],
    run: (trial) => bothWays(trial, (way) => retried(trial, way, code, failure)),
  })),
  {
    id: 'status.retry-after.seconds',
    rule: 'E-04',
    title: 'waits as long as Retry-After says',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { dialect } = trial.subject;
        const limited = failing(
          dialect,
          { status: 429, kind: 'rate', message: 'Slow down.' },
          { 'retry-after': '1' },
        );
        let first = 0;
        let second = 0;
        const { llm } = await connect(trial, (request, reply, n) => {
          if (n === 0) first = performance.now();
          else second = performance.now();
          return inTurn(limited, telling(dialect, TEXT))(request, reply, n);
        });
        await WAYS[way](llm);
        const waited = second - first;
        trial.check.ok(
          waited > 950 && waited < 3_000,
          `${way}: it waited ${Math.round(waited)} ms and not 1000`,
        );
      }),
  },
  ...retryAfterHeaders().map(([id, headers, status, ms]): LLMCase => ({
    id: `status.retry-after.${id}`,
    rule: 'E-04',
    title: `fails at once when a ${status} asks to wait beyond the deadline (${id})`,
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const failure: Failure = { status, kind: 'rate', message: 'Slow down.' };
        const { llm, wire } = await connect(trial, failing(trial.subject.dialect, failure, headers()));
        const call = WAYS[way](llm, 'Hi', DEADLINE);
        const error = await trial.check.error(
          trial.check.within(2_000, call, way),
          ['rate-limit', 'overloaded'],
          way,
        );
        const said = error.retryAfterMs ?? 0;
        trial.check.ok(Math.abs(said - ms) < 2_500, `${way}: retryAfterMs is ${said}, the header says ${ms}`);
        trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
      }),
  })),
  {
    id: 'status.html',
    rule: 'E-04',
    title: "maps a proxy's error page by its status",
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm } = await connect(trial, (_request, reply) => {
          reply.writeHead(403, { 'content-type': 'text/html' });
          reply.end('<html><body>Blocked by the proxy</body></html>');
        });
        const error = await trial.check.error(WAYS[way](llm), 'permission', way);
        trial.check.ok(!error.message.includes('<html>'), `${way}: the page stands in the message`);
      }),
  },
  {
    id: 'retry.bounded',
    rule: 'E-05',
    title: 'stops trying, and tells of every retry: nothing below retries too',
    requires: [],
    run: (trial) => bothWays(trial, (way) => bounded(trial, way)),
  },
];

function retryAfterHeaders(): [
  id: string,
  headers: () => Record<string, string>,
  status: number,
  ms: number,
][] {
  const date = (): string => new Date(Date.now() + 90_000).toUTCString();
  return [
    ['429-seconds', () => ({ 'retry-after': '60' }), 429, 60_000],
    ['429-date', () => ({ 'retry-after': date() }), 429, 90_000],
    ['503-seconds', () => ({ 'retry-after': '60' }), 503, 60_000],
  ];
}

async function retried(
  trial: LLMTrial,
  way: Way,
  code: string,
  failure: Omit<Failure, 'message'>,
): Promise<void> {
  const { dialect } = trial.subject;
  const fails = failing(dialect, { ...failure, message: 'Not now.' });
  const { llm, wire } = await connect(trial, inTurn(fails, telling(dialect, TEXT)));
  const retries = watchRetries(trial);
  const { text } = await WAYS[way](llm, 'Hi', { parent: retries.parent });
  trial.check.equal(text, expectedText(TEXT), `${way}: the reply after a retry`);
  trial.check.equal(wire.requests.length, 2, `${way}: the requests`);
  const told = retries.events.map(({ attributes }) => [attributes['code'], attributes['status']]);
  trial.check.equal(told, [[code, failure.status]], `${way}: the retries told of`);
}

async function bounded(trial: LLMTrial, way: Way): Promise<void> {
  const { dialect } = trial.subject;
  const { llm, wire } = await connect(trial, failing(dialect, { status: 500, message: 'Not now.' }));
  const { events, parent } = watchRetries(trial);
  const error = await trial.check.error(WAYS[way](llm, 'Hi', { parent }), 'server', way);
  trial.check.equal(error.retryable, true, `${way}: retryable`);
  trial.check.ok(wire.requests.length < 10, `${way}: it sent ${wire.requests.length} requests`);
  trial.check.equal(
    wire.requests.length,
    events.length + 1,
    `${way}: the requests, beside the retries told of`,
  );
}

/** Other calls of the process may run meanwhile: a call's retries are known by the span, the span by its parent. */
function watchRetries(trial: LLMTrial): {
  readonly parent: string;
  readonly events: readonly MortiseEvent[];
} {
  const parent = `conformance-${Math.random()}`;
  const events: MortiseEvent[] = [];
  let span: string | undefined;
  const stop = subscribe((event) => {
    if (event.name === 'retry' && event.spanId === span) events.push(event);
    else if (event.phase === 'start' && event.parentId === parent) span = event.spanId;
  });
  trial.after(stop);
  return { parent, events };
}
