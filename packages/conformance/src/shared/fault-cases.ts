import type { ConformanceCase } from '../frame/case.ts';
import { deliver, reset } from '../lab/deliver.ts';
import type { WireHandler } from '../wire.ts';
import { inTurn } from './helpers.ts';
import { onEveryWay, onWhole, type Probe } from './probe.ts';

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
    onEveryWay(
      probe,
      {
        id: 'fault.reset.always',
        rule: 'E-03',
        title: 'gives connection when every connection is reset',
      },
      async (trial, way) => {
        const { call } = await probe.connect(trial, (_request, reply) => reset(reply));
        const error = await trial.check.error(call(way), 'connection', way);
        trial.check.equal(error.retryable, true, `${way}: retryable`);
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
      async (trial, way) => {
        const { call } = await probe.connect(trial, (_request, reply) => {
          reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '0' });
          reply.end();
        });
        await trial.check.error(call(way, BOUNDED), 'malformed-response', way);
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
  return onEveryWay(probe, { id: `fault.reset.${id}`, rule: 'E-03', title }, async (trial, way) => {
    const { subject } = trial;
    const { call, wire } = await probe.connect(trial, inTurn(fault(subject), probe.telling(subject)));
    probe.checkReply(trial, await call(way), `${way}: the reply after a retry`);
    trial.check.equal(wire.requests.length, 2, `${way}: the requests`);
  });
}

function brokenBody<S>(probe: Probe<S>): Case<S> {
  const title = 'tries again when a whole reply is reset in its body';
  return onWhole(probe, { id: 'fault.reset.in-body.whole', rule: 'E-03', title }, async (trial, way) => {
    const told = probe.telling(trial.subject);
    const half = probe.telling(trial.subject, {
      split: (bytes) => [bytes.subarray(0, bytes.length >> 1)],
      delivery: { end: 'reset' },
    });
    const { call, wire } = await probe.connect(trial, inTurn(half, told));
    probe.checkReply(trial, await call(way), 'the reply after a retry');
    trial.check.equal(wire.requests.length, 2, 'the requests');
  });
}

function malformed<S>(probe: Probe<S>, id: string, what: string, handler: WireHandler): Case<S> {
  const title = `gives malformed-response for ${what} with status 200`;
  return onEveryWay(probe, { id: `fault.${id}`, rule: 'E-02', title }, async (trial, way) => {
    const { call } = await probe.connect(trial, handler);
    await trial.check.error(call(way, BOUNDED), 'malformed-response', way);
  });
}
