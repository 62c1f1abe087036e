import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../frame/case.ts';
import { abortable, closesEarly, failing, isSent, pause, waitFor } from './helpers.ts';
import { onEveryMethod, onWhole, type Probe } from './probe.ts';

type Case<S> = ConformanceCase<S>;

/** C-01 to C-03: what an abort does. */
export function abortCases<S>(probe: Probe<S>): Case<S>[] {
  return [before(probe), waiting(probe), inBody(probe), retrying(probe)];
}

function before<S>(probe: Probe<S>): Case<S> {
  const title = 'sends nothing under a signal that is aborted already';
  return onEveryMethod(probe, { id: 'abort.before', rule: 'C-02', title }, async (context, method) => {
    const { call, wire } = await probe.connect(context, probe.respondWith(context.subject));
    const reason = { why: 'too late' };
    const thrown = await context.check.rejects(call(method, { signal: AbortSignal.abort(reason) }), method);
    context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
    context.check.equal(wire.requests.length, 0, `${method}: the requests`);
  });
}

function waiting<S>(probe: Probe<S>): Case<S> {
  const title =
    "rejects with exactly the signal's reason while the provider thinks, and closes the connection";
  return onEveryMethod(probe, { id: 'abort.waiting', rule: 'C-01', title }, async (context, method) => {
    const { call, wire } = await probe.connect(context, () => undefined);
    const { controller, reason } = abortable();
    const called = call(method, { signal: controller.signal });
    called.catch(() => undefined);
    await isSent(context.check, wire, called, method);
    controller.abort(reason);
    const thrown = await context.check.within(2_000, context.check.rejects(called, method), method);
    context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
    await closesEarly(context.check, wire.requests[0]?.closedEarly, method);
  });
}

function inBody<S>(probe: Probe<S>): Case<S> {
  const title = "rejects with exactly the signal's reason within a whole reply";
  return onWhole(probe, { id: 'abort.in-body', rule: 'C-01', title }, async (context, method) => {
    const { call, wire } = await probe.connect(context, (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.write('{"id": "reply-1", ');
    });
    const { controller, reason } = abortable();
    const called = call(method, { signal: controller.signal });
    called.catch(() => undefined);
    await isSent(context.check, wire, called, method);
    // Until the client has read what there is.
    await pause(50);
    controller.abort(reason);
    const thrown = await context.check.within(2_000, context.check.rejects(called, method), method);
    context.check.ok(thrown === reason, "it did not reject with the signal's reason");
    await closesEarly(context.check, wire.requests[0]?.closedEarly, method);
  });
}

function retrying<S>(probe: Probe<S>): Case<S> {
  const title = "rejects with exactly the signal's reason while it waits to try again";
  return onEveryMethod(probe, { id: 'abort.retry', rule: 'C-01', title }, async (context, method) => {
    const limited = { status: 429, kind: 'rate', message: 'Slow down.' } as const;
    const handler = failing(probe.dialect(context.subject), limited, { 'retry-after': '30' });
    const { call, wire } = await probe.connect(context, handler);
    const { controller, reason } = abortable();
    const called = call(method, { signal: controller.signal });
    called.catch(() => undefined);
    await isSent(context.check, wire, called, method);
    // Until the client has read what there is.
    await pause(50);
    controller.abort(reason);
    const thrown = await context.check.within(2_000, context.check.rejects(called, method), method);
    context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
    context.check.equal(wire.requests.length, 1, `${method}: the requests`);
  });
}

/** C-03, for the calls that a contract knows how to make and to leave. */
export function listenerCase<S>(
  requires: readonly string[],
  calls: (context: Parameters<Case<S>['run']>[0]) => Promise<(signal: AbortSignal) => Promise<unknown>[]>,
): Case<S> {
  return {
    id: 'abort.listeners',
    rule: 'C-03',
    title: 'leaves no listener on a signal, after successes, failures and early leaves',
    requires,
    async run(context) {
      const callAll = await calls(context);
      const { signal } = new AbortController();
      for (let round = 0; round < 6; round++) await Promise.allSettled(callAll(signal));
      context.check.ok(
        await waitFor(() => getEventListeners(signal, 'abort').length === 0, 1_000),
        `${getEventListeners(signal, 'abort').length} listeners are left on the signal`,
      );
    },
  };
}
