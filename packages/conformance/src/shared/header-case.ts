import type { ConformanceCase } from '../frame/case.ts';
import { failing } from './helpers.ts';
import { onEveryMethod, type Probe } from './probe.ts';
import { ownHeaders } from './secret-cases.ts';

/** What the case of headers requires. It is declared unless there is a reason for it. */
export const HEADERS = 'headers';

/** Gateways ask for headers of their own: one that is lost is a request that is refused, or that is billed to nobody. */
export function headerCase<S>(probe: Probe<S>): ConformanceCase<S> {
  const title = "sends the application's own headers with every request, as they were given";
  const about = { id: 'request.headers', rule: 'C-07', title };
  const each = onEveryMethod(probe, about, async (context, method) => {
    const { check, subject } = context;
    const headers = ownHeaders();
    const down = failing(probe.dialect(subject), { status: 503, message: 'Not now.' });
    const { wire, call } = await probe.connect(
      context,
      (request, reply, n) => (n === 0 ? down : probe.respondWith(subject))(request, reply, n),
      { headers },
    );
    probe.checkReply(context, await call(method, { deadlineMs: 20_000 }), method);
    check.ok(wire.requests.length > 1, `${method}: what failed was not sent again`);
    for (const request of wire.requests) {
      const sent = Object.keys(headers).map((name) => [name, request.headers[name.toLowerCase()]]);
      check.equal(Object.fromEntries(sent), headers, `${method}: the headers`);
    }
  });
  return { ...each, requires: [...each.requires, HEADERS] };
}

/** The feature, where no reason says that the implementation takes none. */
export function headersOf(reasons: Readonly<Record<string, string | undefined>>): string[] {
  return reasons[HEADERS] === undefined ? [HEADERS] : [];
}
