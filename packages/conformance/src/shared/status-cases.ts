import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { Failure } from '../dialects/contract.ts';
import type { ConformanceCase, Trial } from '../frame/case.ts';
import { failing, inTurn, statusOf } from './helpers.ts';
import { onEveryWay, type Probe } from './probe.ts';

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
  return onEveryWay(probe, { id: `status.${id}`, rule: 'E-04', title }, async (trial, way) => {
    const dialect = probe.dialect(trial.subject);
    const said: Failure = { ...failure, message: 'Conformance says no.' };
    const { call, wire } = await probe.connect(trial, failing(dialect, said));
    const error = await trial.check.error(call(way), code, way);
    trial.check.equal(error.status, statusOf(dialect, said), `${way}: the status`);
    trial.check.equal(error.retryable, false, `${way}: retryable`);
    trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
  });
}

function retried<S>(probe: Probe<S>, id: string, code: string, failure: Kind): Case<S> {
  const title = `tries again after a ${failure.status}, and tells of it as ${code}`;
  return onEveryWay(probe, { id: `status.${id}`, rule: 'E-04', title }, async (trial, way) => {
    const { subject } = trial;
    const fails = failing(probe.dialect(subject), { ...failure, message: 'Not now.' });
    const { call, wire } = await probe.connect(trial, inTurn(fails, probe.telling(subject)));
    const retries = watchRetries(trial);
    probe.checkReply(trial, await call(way, { parent: retries.parent }), `${way}: the reply after a retry`);
    trial.check.equal(wire.requests.length, 2, `${way}: the requests`);
    const told = retries.events.map(({ attributes }) => [attributes['code'], attributes['status']]);
    trial.check.equal(told, [[code, failure.status]], `${way}: the retries told of`);
  });
}

function waits<S>(probe: Probe<S>): Case<S> {
  const about = {
    id: 'status.retry-after.seconds',
    rule: 'E-04',
    title: 'waits as long as Retry-After says',
  };
  return onEveryWay(probe, about, async (trial, way) => {
    const { subject } = trial;
    const failure: Failure = { status: 429, kind: 'rate', message: 'Slow down.' };
    const limited = failing(probe.dialect(subject), failure, { 'retry-after': '1' });
    let first = 0;
    let second = 0;
    const { call } = await probe.connect(trial, (request, reply, n) => {
      if (n === 0) first = performance.now();
      else second = performance.now();
      return inTurn(limited, probe.telling(subject))(request, reply, n);
    });
    const { events, parent } = watchRetries(trial);
    await trial.check.within(3_000, call(way, { parent }), way);
    // A busy machine makes a wait longer; where it is told how long it was meant to be, that is looked at too.
    const told = events[0]?.attributes['delayMs'];
    const waited = second - first;
    const meant = typeof told === 'number' ? told : waited;
    trial.check.ok(waited > 950 && meant > 950, `${way}: it waited ${Math.round(meant)} ms and not 1000`);
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
  return onEveryWay(probe, { id, rule: 'E-04', title }, async (trial, way) => {
    const failure: Failure = { status, kind: 'rate', message: 'Slow down.' };
    const handler = failing(probe.dialect(trial.subject), failure, { 'retry-after': header() });
    const { call, wire } = await probe.connect(trial, handler);
    const begin = performance.now();
    const failed = trial.check.within(2_000, call(way, DEADLINE), way);
    const error = await trial.check.error(failed, ['rate-limit', 'overloaded'], way);
    const said = error.retryAfterMs ?? 0;
    // A date comes nearer while the call runs.
    const least = ms - 2_500 - (performance.now() - begin);
    trial.check.ok(
      said > least && said < ms + 2_500,
      `${way}: retryAfterMs is ${said}, the header says ${ms}`,
    );
    trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
  });
}

function errorPage<S>(probe: Probe<S>): Case<S> {
  const about = { id: 'status.html', rule: 'E-04', title: "maps a proxy's error page by its status" };
  return onEveryWay(probe, about, async (trial, way) => {
    const { call } = await probe.connect(trial, (_request, reply) => {
      reply.writeHead(403, { 'content-type': 'text/html' });
      reply.end('<html><body>Blocked by the proxy</body></html>');
    });
    const error = await trial.check.error(call(way), 'permission', way);
    trial.check.ok(!error.message.includes('<html>'), `${way}: the page stands in the message`);
  });
}

function requestId<S>(probe: Probe<S>): Case<S> {
  const about = {
    id: 'status.request-id',
    rule: 'E-04',
    title: "gives the provider's id of a request that failed",
  };
  const testCase = onEveryWay(probe, about, async (trial, way) => {
    const dialect = probe.dialect(trial.subject);
    const id = 'req_of_this_case';
    const headers = dialect.requestId === undefined ? {} : { [dialect.requestId.toLowerCase()]: id };
    const refused = failing(dialect, { status: 400, message: 'Conformance says no.' }, headers);
    const { call } = await probe.connect(trial, refused);
    const error = await trial.check.error(call(way), 'invalid-request', way);
    trial.check.equal(error.requestId, id, `${way}: requestId`);
  });
  return { ...testCase, requires: [...probe.requires, 'wire:request-id'] };
}

function bounded<S>(probe: Probe<S>): Case<S> {
  const title = 'stops trying, and tells of every retry: nothing below retries too';
  return onEveryWay(probe, { id: 'retry.bounded', rule: 'E-05', title }, async (trial, way) => {
    const handler = failing(probe.dialect(trial.subject), { status: 500, message: 'Not now.' });
    const { call, wire } = await probe.connect(trial, handler);
    const { events, parent } = watchRetries(trial);
    const error = await trial.check.error(call(way, { parent }), 'server', way);
    trial.check.equal(error.retryable, true, `${way}: retryable`);
    const sent = wire.requests.length;
    trial.check.ok(sent < 10, `${way}: it sent ${sent} requests`);
    trial.check.equal(sent, events.length + 1, `${way}: the requests, beside the retries told of`);
  });
}

/** Other calls of the process may run meanwhile: a call's retries are known by the span, the span by its parents. */
function watchRetries<S>(trial: Trial<S>): {
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
  trial.after(stop);
  return { parent, events };
}
