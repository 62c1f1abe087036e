import type { ConformanceCase } from '../frame/case.ts';
import { deliver, reset } from '../lab/deliver.ts';
import type { WireHandler } from '../wire.ts';
import { inTurn } from './helpers.ts';
import { onEveryMethod, onWhole, type Probe } from './probe.ts';

const HTML = '<!doctype html><html><body>Please log in</body></html>';
const BOUNDED = { deadlineMs: 20_000 };

type Case<S> = ConformanceCase<S>;

/** E-02 and E-03: connections that break, and replies that are not what they should be. */
export function faultCases<S>(probe: Probe<S>): Case<S>[] {
  return [
    recovers(probe, 'before-headers', 'tries again when the connection is reset before the headers', () => {
      return (_request, reply) => reset(reply);
    }),
    recovers(
      probe,
      'after-headers',
      'tries again when the connection is reset after the headers, before anything was said',
      (subject) => (request, reply) => {
        const type = probe.streams(subject, request) ? 'text/event-stream' : 'application/json';
        return deliver(reply, [], { headers: { 'content-type': type }, end: 'reset' });
      },
    ),
    onEveryMethod(
      probe,
      {
        id: 'fault.reset.always',
        rule: 'E-03',
        title: 'gives connection when every connection is reset',
      },
      async (context, method) => {
        const { call } = await probe.connect(context, (_request, reply) => reset(reply));
        const error = await context.check.error(call(method), 'connection', method);
        context.check.equal(error.retryable, true, `${method}: retryable`);
      },
    ),
    brokenBody(probe),
    malformed(probe, 'html', "a proxy's page", (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/html' });
      reply.end(HTML);
    }),
    malformed(
      probe,
      'html.as-json',
      "a proxy's page that claims to be what was asked for",
      (request, reply) => {
        const { stream } = (request.body ?? {}) as { stream?: unknown };
        reply.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' });
        reply.end(HTML);
      },
    ),
    malformed(probe, 'half-json', 'half a JSON document', (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end('{"id":"reply-1","choi');
    }),
    malformed(probe, 'other-json', 'JSON of another kind', (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end('{"status":"ok"}');
    }),
    onWhole(
      probe,
      { id: 'fault.empty-body', rule: 'E-02', title: 'gives malformed-response for an empty body' },
      async (context, method) => {
        const { call } = await probe.connect(context, (_request, reply) => {
          reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '0' });
          reply.end();
        });
        await context.check.error(call(method, BOUNDED), 'malformed-response', method);
      },
    ),
  ];
}

/** The first request meets the fault, the second is answered. */
function recovers<S>(
  probe: Probe<S>,
  id: string,
  title: string,
  fault: (subject: S) => WireHandler,
): Case<S> {
  return onEveryMethod(probe, { id: `fault.reset.${id}`, rule: 'E-03', title }, async (context, method) => {
    const { subject } = context;
    const { call, wire } = await probe.connect(context, inTurn(fault(subject), probe.respondWith(subject)));
    probe.checkReply(context, await call(method), `${method}: the reply after a retry`);
    context.check.equal(wire.requests.length, 2, `${method}: the requests`);
  });
}

function brokenBody<S>(probe: Probe<S>): Case<S> {
  const title = 'tries again when a whole reply is reset in its body';
  return onWhole(probe, { id: 'fault.reset.in-body.whole', rule: 'E-03', title }, async (context, method) => {
    const told = probe.respondWith(context.subject);
    const half = probe.respondWith(context.subject, {
      split: (bytes) => [bytes.subarray(0, bytes.length >> 1)],
      delivery: { end: 'reset' },
    });
    const { call, wire } = await probe.connect(context, inTurn(half, told));
    probe.checkReply(context, await call(method), 'the reply after a retry');
    context.check.equal(wire.requests.length, 2, 'the requests');
  });
}

function malformed<S>(probe: Probe<S>, id: string, what: string, handler: WireHandler): Case<S> {
  const title = `gives malformed-response for ${what} with status 200`;
  return onEveryMethod(probe, { id: `fault.${id}`, rule: 'E-02', title }, async (context, method) => {
    const { call } = await probe.connect(context, handler);
    await context.check.error(call(method, BOUNDED), 'malformed-response', method);
  });
}
