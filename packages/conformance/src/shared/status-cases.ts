import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { Failure } from '../dialects/contract.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { failing, inTurn, statusOf } from './helpers.ts';
import { onEveryMethod, type Probe } from './probe.ts';

/** Milliseconds: more than a busy machine takes to a first reply, far less than a `Retry-After` that is not waited for. */
const DEADLINE = { deadlineMs: 30_000 };

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
export function statusCases<S>(probe: Probe<S>): ConformanceCase<S>[] {
  return [
    ...REFUSED.map(([id, code, failure]) => refused(probe, id, code, failure)),
    ...RETRIED.map(([id, code, failure]) => retried(probe, id, code, failure)),
    waits(probe),
    ...retryAfterHeaders().map((header) => beyondDeadline(probe, ...header)),
    errorPage(probe),
    requestId(probe),
    bounded(probe),
  ];
}

type Case<S> = ConformanceCase<S>;
type Kind = Omit<Failure, 'message'>;

function refused<S>(probe: Probe<S>, id: string, code: string, failure: Kind): Case<S> {
  const own = failure.kind === undefined ? '' : " or the provider's own status";
  const title = `gives ${code} for a ${failure.status}${own}, and sends nothing again`;
  return onEveryMethod(probe, { id: `status.${id}`, rule: 'E-04', title }, async (context, method) => {
    const dialect = probe.dialect(context.subject);
    const said: Failure = { ...failure, message: 'Conformance says no.' };
    const { call, wire } = await probe.connect(context, failing(dialect, said));
    const error = await context.check.error(call(method), code, method);
    context.check.equal(error.status, statusOf(dialect, said), `${method}: the status`);
    context.check.equal(error.retryable, false, `${method}: retryable`);
    context.check.equal(wire.requests.length, 1, `${method}: the requests`);
  });
}

function retried<S>(probe: Probe<S>, id: string, code: string, failure: Kind): Case<S> {
  const title = `tries again after a ${failure.status}, and tells of it as ${code}`;
  return onEveryMethod(probe, { id: `status.${id}`, rule: 'E-04', title }, async (context, method) => {
    const { subject } = context;
    const fails = failing(probe.dialect(subject), { ...failure, message: 'Not now.' });
    const { call, wire } = await probe.connect(context, inTurn(fails, probe.respondWith(subject)));
    const retries = watchRetries(context);
    probe.checkReply(
      context,
      await call(method, { parent: retries.parent }),
      `${method}: the reply after a retry`,
    );
    context.check.equal(wire.requests.length, 2, `${method}: the requests`);
    const told = retries.events.map(({ attributes }) => [attributes['code'], attributes['status']]);
    context.check.equal(told, [[code, failure.status]], `${method}: the retries told of`);
  });
}

function waits<S>(probe: Probe<S>): Case<S> {
  const about = {
    id: 'status.retry-after.seconds',
    rule: 'E-04',
    title: 'waits as long as Retry-After says',
  };
  return onEveryMethod(probe, about, async (context, method) => {
    const { subject } = context;
    const failure: Failure = { status: 429, kind: 'rate', message: 'Slow down.' };
    const limited = failing(probe.dialect(subject), failure, { 'retry-after': '1' });
    let first = 0;
    let second = 0;
    const { call } = await probe.connect(context, (request, reply, n) => {
      if (n === 0) first = performance.now();
      else second = performance.now();
      return inTurn(limited, probe.respondWith(subject))(request, reply, n);
    });
    const { events, parent } = watchRetries(context);
    await context.check.within(3_000, call(method, { parent }), method);
    // A busy machine makes a wait longer; where its intended length is known, that is checked too.
    const told = events[0]?.attributes['delayMs'];
    const waited = second - first;
    const meant = typeof told === 'number' ? told : waited;
    context.check.ok(
      waited > 950 && meant > 950,
      `${method}: it waited ${Math.round(meant)} ms and not 1000`,
    );
  });
}

type RetryAfter = [id: string, header: () => string, status: number, ms: number];

function retryAfterHeaders(): RetryAfter[] {
  return [
    ['429-seconds', () => '60', 429, 60_000],
    ['429-date', () => new Date(Date.now() + 90_000).toUTCString(), 429, 90_000],
    ['503-seconds', () => '60', 503, 60_000],
  ];
}

function beyondDeadline<S>(probe: Probe<S>, ...[name, header, status, ms]: RetryAfter): Case<S> {
  const id = `status.retry-after.${name}`;
  const title = `fails at once when a ${status} asks to wait beyond the deadline (${name})`;
  return onEveryMethod(probe, { id, rule: 'E-04', title }, async (context, method) => {
    const failure: Failure = { status, kind: 'rate', message: 'Slow down.' };
    const handler = failing(probe.dialect(context.subject), failure, { 'retry-after': header() });
    const { call, wire } = await probe.connect(context, handler);
    const begin = performance.now();
    const failed = context.check.within(2_000, call(method, DEADLINE), method);
    const error = await context.check.error(failed, ['rate-limit', 'overloaded'], method);
    const said = error.retryAfterMs ?? 0;
    // A date comes nearer while the call runs.
    const least = ms - 2_500 - (performance.now() - begin);
    context.check.ok(
      said > least && said < ms + 2_500,
      `${method}: retryAfterMs is ${said}, the header says ${ms}`,
    );
    context.check.equal(wire.requests.length, 1, `${method}: the requests`);
  });
}

function errorPage<S>(probe: Probe<S>): Case<S> {
  const about = { id: 'status.html', rule: 'E-04', title: "maps a proxy's error page by its status" };
  return onEveryMethod(probe, about, async (context, method) => {
    const { call } = await probe.connect(context, (_request, reply) => {
      reply.writeHead(403, { 'content-type': 'text/html' });
      reply.end('<html><body>Blocked by the proxy</body></html>');
    });
    const error = await context.check.error(call(method), 'permission', method);
    context.check.ok(!error.message.includes('<html>'), `${method}: the page stands in the message`);
  });
}

function requestId<S>(probe: Probe<S>): Case<S> {
  const about = {
    id: 'status.request-id',
    rule: 'E-04',
    title: "gives the provider's id of a request that failed",
  };
  const testCase = onEveryMethod(probe, about, async (context, method) => {
    const dialect = probe.dialect(context.subject);
    const id = 'req_of_this_case';
    const headers = dialect.requestId === undefined ? {} : { [dialect.requestId.toLowerCase()]: id };
    const refused = failing(dialect, { status: 400, message: 'Conformance says no.' }, headers);
    const { call } = await probe.connect(context, refused);
    const error = await context.check.error(call(method), 'invalid-request', method);
    context.check.equal(error.requestId, id, `${method}: requestId`);
  });
  return { ...testCase, requires: [...probe.requires, 'wire:request-id'] };
}

function bounded<S>(probe: Probe<S>): Case<S> {
  const title = 'stops trying, and tells of every retry: nothing below retries too';
  return onEveryMethod(probe, { id: 'retry.bounded', rule: 'E-05', title }, async (context, method) => {
    const handler = failing(probe.dialect(context.subject), { status: 500, message: 'Not now.' });
    const { call, wire } = await probe.connect(context, handler);
    const { events, parent } = watchRetries(context);
    const error = await context.check.error(call(method, { parent }), 'server', method);
    context.check.equal(error.retryable, true, `${method}: retryable`);
    const sent = wire.requests.length;
    context.check.ok(sent < 10, `${method}: it sent ${sent} requests`);
    context.check.equal(sent, events.length + 1, `${method}: the requests, beside the retries told of`);
  });
}

/** Other calls of the process may run meanwhile: a call's retries are known by the span, the span by its parents. */
function watchRetries<S>(context: CaseContext<S>): {
  readonly parent: string;
  readonly events: readonly MortiseEvent[];
} {
  const parent = `conformance-${Math.random()}`;
  const events: MortiseEvent[] = [];
  const spans = new Set<string | undefined>([parent]);
  const stop = subscribe((event) => {
    if (event.name === 'retry' && spans.has(event.spanId)) events.push(event);
    else if (event.phase === 'start' && spans.has(event.parentId)) spans.add(event.spanId);
  });
  context.after(stop);
  return { parent, events };
}
