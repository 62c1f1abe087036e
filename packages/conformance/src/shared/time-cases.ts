import { inspect } from 'node:util';
import type { ConformanceCase } from '../frame/case.ts';
import type { WireRequest } from '../wire.ts';
import { closesEarly, failing, pause } from './helpers.ts';
import { onEveryWay, onWhole, type Probe } from './probe.ts';

type Case<S> = ConformanceCase<S>;

/** One after another, in milliseconds, until a busy machine gets within one as far as a quick one does within the first. */
export const TIMEOUTS = [150, 600, 2_400, 9_600];
export const LONGEST = Math.max(...TIMEOUTS);

/** C-04: time. */
export function timeCases<S>(probe: Probe<S>): Case<S>[] {
  return [slowHeaders(probe), stalledBody(probe), slowButInTime(probe)];
}

function slowHeaders<S>(probe: Probe<S>): Case<S> {
  const title = 'gives timeout when the headers do not come';
  return onEveryWay(probe, { id: 'time.slow-headers', rule: 'C-04', title }, async (trial, way) => {
    for (const timeoutMs of TIMEOUTS) {
      const { call, wire } = await probe.connect(trial, () => undefined);
      const called = call(way, { timeoutMs, deadlineMs: timeoutMs + 50 });
      await trial.check.error(trial.check.within(timeoutMs + 2_000, called, way), 'timeout', way);
      const [request] = wire.requests;
      // Where the time was over before anything was sent, there is nothing to close.
      if (request === undefined && timeoutMs < LONGEST) continue;
      return closesEarly(trial.check, request?.closedEarly, way);
    }
  });
}

function stalledBody<S>(probe: Probe<S>): Case<S> {
  const title = 'gives timeout when a body stalls';
  return onWhole(probe, { id: 'time.stalled-body', rule: 'C-04', title }, async (trial, way) => {
    const { call } = await probe.connect(trial, (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.write('{"id": ');
    });
    const called = call(way, { timeoutMs: 150, deadlineMs: 200 });
    await trial.check.error(trial.check.within(2_000, called, way), 'timeout', way);
  });
}

function slowButInTime<S>(probe: Probe<S>): Case<S> {
  const title = 'waits for headers that are slow but in time';
  return onEveryWay(probe, { id: 'time.slow-but-in-time', rule: 'C-04', title }, async (trial, way) => {
    const tell = probe.telling(trial.subject);
    const { call, wire } = await probe.connect(trial, async (request, reply, n) => {
      await pause(250);
      return tell(request, reply, n);
    });
    probe.checkReply(trial, await call(way, { timeoutMs: 60_000 }), `${way}: the reply`);
    trial.check.equal(wire.requests.length, 1, `${way}: the requests`);
  });
}

/** C-09: secrets. */
export function secretCases<S>(probe: Probe<S>): Case<S>[] {
  return [secretInError(probe), secretInInstance(probe)];
}

function secretInError<S>(probe: Probe<S>): Case<S> {
  const title = "keeps the key out of an error, also when the provider's reply repeats it";
  return onEveryWay(probe, { id: 'secrets.error', rule: 'C-09', title }, async (trial, way) => {
    const { call, wire } = await probe.connect(trial, (request, reply, n) => {
      const [key = 'none'] = keysOf(request);
      const echo = { status: 401, message: `Incorrect API key provided: ${key}.` };
      return failing(probe.dialect(trial.subject), echo)(request, reply, n);
    });
    const error = await trial.check.error(call(way), 'authentication', way);
    const shown = [inspect(error, { depth: 12 }), error.message, JSON.stringify(error)].join('\n');
    for (const key of keysOf(wire.requests[0])) {
      trial.check.ok(!shown.includes(`provided: ${key}`), `${way}: the error shows the key`);
    }
  });
}

function secretInInstance<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps the key out of inspect and JSON of the model';
  return onWhole(probe, { id: 'secrets.instance', rule: 'C-09', title }, async (trial, way) => {
    const { call, model, wire } = await probe.connect(trial, probe.telling(trial.subject));
    await call(way);
    const shown = `${inspect(model, { depth: 12, showHidden: true })}\n${JSON.stringify(model)}`;
    trial.check.equal(wire.requests.length, 1, 'the requests');
    for (const key of keysOf(wire.requests[0])) {
      const quoted = [`'${key}'`, `"${key}"`, `Bearer ${key}`];
      trial.check.ok(!quoted.some((form) => shown.includes(form)), 'the model shows its key');
    }
  });
}

/** The keys that a request carried. */
function keysOf(request: WireRequest | undefined): string[] {
  const { authorization, 'x-api-key': key, 'api-key': azure } = request?.headers ?? {};
  return [authorization?.replace(/^Bearer /i, ''), key, azure].filter((value) => value !== undefined);
}
