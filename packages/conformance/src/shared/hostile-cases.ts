import type { ConformanceCase } from '../frame/case.ts';
import type { WireHandler } from '../wire.ts';
import { onEveryMethod, type Probe } from './probe.ts';
import { carried, formsOf, showsNone, shownOf } from './secret-forms.ts';

type Case<S> = ConformanceCase<S>;

const BOUNDED = { deadlineMs: 20_000 };

/** W-03 and C-09: servers that send elsewhere, and that give back what they must not. */
export function hostileCases<S>(probe: Probe<S>): Case<S>[] {
  return [otherOrigin(probe), ...ECHOES.map((echo) => secretForms(probe, ...echo))];
}

function otherOrigin<S>(probe: Probe<S>): Case<S> {
  const title = 'sends nothing on to another origin, whatever a redirect says';
  return onEveryMethod(
    probe,
    { id: 'redirect.other-origin', rule: 'W-03', title },
    async (context, method) => {
      const other = await context.wire((_request, reply) => void reply.end('{}'));
      for (const status of [302, 307, 308]) {
        const { call } = await probe.connect(context, (request, reply) => {
          reply.writeHead(status, { location: `${other.url}${request.path}` }).end();
        });
        const error = await context.check.rejects(call(method, BOUNDED), `${method} after a ${status}`);
        context.check.ok(
          typeof (error as { code?: unknown }).code === 'string',
          `${method}: the error has no code: ${String(error)}`,
        );
        context.check.equal(
          other.requests.length,
          0,
          `${method}: the requests that a ${status} sent elsewhere`,
        );
      }
    },
  );
}

type Echo = [id: string, method: string, handler: (secrets: string) => WireHandler];

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
    'something that is not a reply',
    (secrets) => (_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/plain' });
      reply.end(secrets);
    },
  ],
];

function secretForms<S>(probe: Probe<S>, name: string, what: string, handler: Echo[2]): Case<S> {
  const title = `keeps every form of the key out of errors, sent back in ${what}`;
  return onEveryMethod(
    probe,
    { id: `secrets.forms.${name}`, rule: 'C-09', title },
    async (context, method) => {
      const { call, wire } = await probe.connect(context, (request, reply, n) =>
        handler(carried(request).flatMap(formsOf).join(' '))(request, reply, n),
      );
      const error = await context.check.rejects(call(method, BOUNDED), method);
      context.check.ok(wire.requests.length > 0, `${method}: nothing was sent`);
      showsNone(context.check, shownOf(error), carried(wire.requests[0]), `${method}: the error`);
    },
  );
}
