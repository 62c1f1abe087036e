import type { ConformanceCase } from '../frame/case.ts';
import { onEveryMethod, type Probe } from './probe.ts';

/** Milliseconds: nothing here waits for anything. */
const BOUNDED = { deadlineMs: 20_000 };

const SAID: [id: string, what: string, code: string, words: string, body: unknown][] = [
  [
    'error',
    'an error with a status as a string',
    'rate-limit',
    'Conformance is limited',
    { error: { message: 'Conformance is limited.', code: '429' } },
  ],
  [
    'list',
    'a list with an error',
    'overloaded',
    'Conformance is busy',
    [{ error: { code: 503, message: 'Conformance is busy.', status: 'UNAVAILABLE' } }],
  ],
  [
    'beside',
    "errors beside an answer's members",
    'overloaded',
    'Conformance is away',
    {
      ...{
        id: 'none',
        choices: [],
        content: [],
        output: [],
        message: {},
        data: [],
        embeddings: [],
        results: [],
      },
      errors: [{ code: 503, message: 'Conformance is away.' }],
    },
  ],
];

/** E-06: failures that come with status 200, in shapes that are not the home vendor's. */
export function saidCases<S>(probe: Probe<S>): ConformanceCase<S>[] {
  return SAID.map(([name, what, code, words, body]) =>
    onEveryMethod(
      probe,
      {
        id: `fault.said.${name}`,
        rule: 'E-06',
        title: `gives ${code}, in the server's words, for ${what} with status 200`,
      },
      async (context, method) => {
        const { call } = await probe.connect(context, (_request, reply) => {
          reply.writeHead(200, { 'content-type': 'application/json' });
          reply.end(JSON.stringify(body));
        });
        const error = await context.check.error(call(method, BOUNDED), code, method);
        context.check.ok(error.message.includes(words), `${method}: the message is ${error.message}`);
      },
    ),
  );
}
