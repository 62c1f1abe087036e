import type { ConformanceCase } from '../frame/case.ts';
import { failing } from './helpers.ts';
import { isMortiseError } from '@mortise/core';
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

/** Azure's version of its API, a tenant of a gateway's: they stand in the address of every request. */
export function queryCase<S>(probe: Probe<S>): ConformanceCase<S> {
  const title = 'sends the query of the base URL with every request, or refuses such an address';
  const about = { id: 'request.query', rule: 'C-07', title };
  return onEveryMethod(probe, about, async (context, method) => {
    const { check, subject } = context;
    const url = (plain: string): string => `${plain}/?tenant=acme%20%26%20co&api-version=2026-11-01`;
    let called: unknown;
    try {
      const { wire, call } = await probe.connect(context, probe.respondWith(subject), { url });
      probe.checkReply(context, await call(method, { deadlineMs: 20_000 }), method);
      for (const { path } of wire.requests) {
        const { searchParams } = new URL(path, wire.url);
        const sent = [searchParams.get('tenant'), searchParams.get('api-version')];
        check.equal(sent, ['acme & co', '2026-11-01'], `${method}: the query`);
      }
    } catch (error) {
      called = error;
    }
    if (called !== undefined && !isMortiseError(called, 'configuration')) throw called;
    check.ok(true, method);
  });
}

/** The feature, where no reason says that the implementation takes none. */
export function headersOf(reasons: Readonly<Record<string, string | undefined>>): string[] {
  return reasons[HEADERS] === undefined ? [HEADERS] : [];
}
