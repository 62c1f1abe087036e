import { inspect } from 'node:util';
import type { ConformanceCase } from '../frame/case.ts';
import { closesEarly, failing, pause } from './helpers.ts';
import { onEveryMethod, onWhole, type Probe } from './probe.ts';
import { carried } from './secret-forms.ts';

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
  return onEveryMethod(probe, { id: 'time.slow-headers', rule: 'C-04', title }, async (context, method) => {
    for (const timeoutMs of TIMEOUTS) {
      const { call, wire } = await probe.connect(context, () => undefined);
      const called = call(method, { timeoutMs, deadlineMs: timeoutMs + 50 });
      await context.check.error(context.check.within(timeoutMs + 2_000, called, method), 'timeout', method);
      const [request] = wire.requests;
      // Where the time was over before anything was sent, there is nothing to close.
      if (request === undefined && timeoutMs < LONGEST) continue;
      return closesEarly(context.check, request?.closedEarly, method);
    }
  });
}

function stalledBody<S>(probe: Probe<S>): Case<S> {
  const title = 'gives timeout when a body stalls';
  return onWhole(probe, { id: 'time.stalled-body', rule: 'C-04', title }, async (context, method) => {
    const { call } = await probe.connect(context, (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.write('{"id": ');
    });
    const called = call(method, { timeoutMs: 150, deadlineMs: 200 });
    await context.check.error(context.check.within(2_000, called, method), 'timeout', method);
  });
}

function slowButInTime<S>(probe: Probe<S>): Case<S> {
  const title = 'waits for headers that are slow but in time';
  return onEveryMethod(
    probe,
    { id: 'time.slow-but-in-time', rule: 'C-04', title },
    async (context, method) => {
      const respond = probe.respondWith(context.subject);
      const { call, wire } = await probe.connect(context, async (request, reply, n) => {
        await pause(250);
        return respond(request, reply, n);
      });
      probe.checkReply(context, await call(method, { timeoutMs: 60_000 }), `${method}: the reply`);
      context.check.equal(wire.requests.length, 1, `${method}: the requests`);
    },
  );
}

/** C-09: secrets. */
export function secretCases<S>(probe: Probe<S>): Case<S>[] {
  return [secretInError(probe), secretInInstance(probe)];
}

function secretInError<S>(probe: Probe<S>): Case<S> {
  const title = "keeps the key out of an error, also when the provider's reply repeats it";
  return onEveryMethod(probe, { id: 'secrets.error', rule: 'C-09', title }, async (context, method) => {
    const { call, wire } = await probe.connect(context, (request, reply, n) => {
      const keys = carried(request).map((key) => `provided: ${key}`);
      const echo = { status: 401, message: `Incorrect API key ${keys.join(', ')}.` };
      return failing(probe.dialect(context.subject), echo)(request, reply, n);
    });
    const error = await context.check.error(call(method), 'authentication', method);
    const shown = [inspect(error, { depth: 12 }), error.message, JSON.stringify(error)].join('\n');
    for (const key of carried(wire.requests[0])) {
      context.check.ok(!shown.includes(`provided: ${key}`), `${method}: the error shows the key`);
    }
  });
}

function secretInInstance<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps the key out of inspect and JSON of the model';
  return onWhole(probe, { id: 'secrets.instance', rule: 'C-09', title }, async (context, method) => {
    const { call, model, wire } = await probe.connect(context, probe.respondWith(context.subject));
    await call(method);
    const shown = `${inspect(model, { depth: 12, showHidden: true })}\n${JSON.stringify(model)}`;
    context.check.equal(wire.requests.length, 1, 'the requests');
    for (const key of carried(wire.requests[0])) {
      const quoted = [`'${key}'`, `"${key}"`, `Bearer ${key}`];
      context.check.ok(!quoted.some((form) => shown.includes(form)), 'the model shows its key');
    }
  });
}
