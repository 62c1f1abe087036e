import type { ConformanceCase } from '../frame/case.ts';
import type { WireHandler } from '../wire.ts';
import { onEveryWay, type Probe } from './probe.ts';
import { carried, formsOf, showsNone, shownOf } from './secret-forms.ts';

type Case<S> = ConformanceCase<S>;

const BOUNDED = { deadlineMs: 20_000 };

/** W-03 and C-09: servers that send elsewhere, and that give back what they must not. */
export function hostileCases<S>(probe: Probe<S>): Case<S>[] {
  return [otherOrigin(probe), ...ECHOES.map((echo) => secretForms(probe, ...echo))];
}

function otherOrigin<S>(probe: Probe<S>): Case<S> {
  const title = 'sends nothing on to another origin, whatever a redirect says';
  return onEveryWay(probe, { id: 'redirect.other-origin', rule: 'W-03', title }, async (trial, way) => {
    const other = await trial.wire((_request, reply) => void reply.end('{}'));
    for (const status of [302, 307, 308]) {
      const { call } = await probe.connect(trial, (request, reply) => {
        reply.writeHead(status, { location: `${other.url}${request.path}` }).end();
      });
      const error = await trial.check.rejects(call(way, BOUNDED), `${way} after a ${status}`);
      trial.check.ok(
        typeof (error as { code?: unknown }).code === 'string',
        `${way}: the error has no code: ${String(error)}`,
      );
      trial.check.equal(other.requests.length, 0, `${way}: the requests that a ${status} sent elsewhere`);
    }
  });
}

type Echo = [id: string, way: string, handler: (secrets: string) => WireHandler];

/** The ways out of a server for what it was sent. */
const ECHOES: Echo[] = [
  [
    'refusal',
    'a refusal, its id and its type',
    (secrets) => (_request, reply) => {
      const [first = 'none'] = secrets.split(' ');
      reply.writeHead(400, {
        'content-type': `application/json; of=${first}`,
        'x-request-id': first,
        'request-id': first,
      });
      reply.end(
        JSON.stringify({ error: { message: secrets, type: secrets }, message: secrets, request_id: secrets }),
      );
    },
  ],
  [
    'said',
    'a failure with status 200',
    (secrets) => (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end(JSON.stringify({ error: { message: secrets, code: 400 }, request_id: secrets }));
    },
  ],
  [
    'page',
    'something that is no reply',
    (secrets) => (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/plain' });
      reply.end(secrets);
    },
  ],
];

function secretForms<S>(probe: Probe<S>, name: string, what: string, handler: Echo[2]): Case<S> {
  const title = `keeps every form of the key out of errors, sent back in ${what}`;
  return onEveryWay(probe, { id: `secrets.forms.${name}`, rule: 'C-09', title }, async (trial, way) => {
    const { call, wire } = await probe.connect(trial, (request, reply, n) =>
      handler(carried(request).flatMap(formsOf).join(' '))(request, reply, n),
    );
    const error = await trial.check.rejects(call(way, BOUNDED), way);
    trial.check.ok(wire.requests.length > 0, `${way}: nothing was sent`);
    showsNone(trial.check, shownOf(error), carried(wire.requests[0]), `${way}: the error`);
  });
}
