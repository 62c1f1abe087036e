import { randomUUID } from 'node:crypto';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { DialectBase } from '../dialects/contract.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import type { WireHandler } from '../wire.ts';
import { onEveryMethod, type Access, type Probe } from './probe.ts';
import { carried, formsOf, showsNone, shownData, shownOf } from './secret-forms.ts';

type Case<S> = ConformanceCase<S>;

const BOUNDED = { deadlineMs: 20_000 };

/** C-09: secrets of the application's own, wherever they were given and whatever gives them back. */
export function ownSecretCases<S>(probe: Probe<S>): Case<S>[] {
  return [secretHeaders(probe), secretURL(probe), secretEvents(probe), secretReply(probe)];
}

/** Values of headers whose names say nothing, with all that a URL, JSON and base64 write in another way. */
export function ownHeaders(): Record<string, string> {
  return { 'X-Credential': `cred/${randomUUID()}+"q=`, 'Acme-Tenant': `tenant?${randomUUID()}&~\\` };
}

/** Refuses in the dialect's words, and gives back every form of the secrets in each text, an id and a type. */
function echoing(dialect: DialectBase, secrets: readonly string[]): WireHandler {
  return (_request, reply) => {
    const words = secrets.flatMap(formsOf).join(' ');
    const [first = 'none'] = secrets;
    const { body, headers } = dialect.failure({ status: 400, message: words });
    const type = { 'content-type': 'application/json' };
    reply.writeHead(400, { ...type, ...headers, 'x-request-id': first, 'request-id': first });
    reply.end(JSON.stringify({ message: words, request_id: words, ...body }));
  };
}

function secretHeaders<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps values of headers out of errors, whatever the names of the headers are';
  return onEveryMethod(probe, { id: 'secrets.headers', rule: 'C-09', title }, async (context, method) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    let sent: string[] = [];
    const { call, wire } = await probe.connect(
      context,
      (request, reply, n) =>
        echoing(probe.dialect(context.subject), (sent = carried(request, names)))(request, reply, n),
      { headers },
    );
    const error = await context.check.rejects(call(method, BOUNDED), method);
    context.check.ok(wire.requests.length > 0, `${method}: nothing was sent`);
    showsNone(context.check, shownOf(error), sent, `${method}: the error`);
  });
}

function secretURL<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps credentials of the base URL out of errors: its user, its password and its query';
  return onEveryMethod(probe, { id: 'secrets.url', rule: 'C-09', title }, async (context, method) => {
    const [user, password, value] = [
      `user-${randomUUID()}`,
      `pass-${randomUUID()}`,
      `query/${randomUUID()}+=`,
    ];
    const urls: [secrets: string[], url: (plain: string) => string][] = [
      [[user, password], (plain) => plain.replace('//', `//${user}:${password}@`)],
      [[value], (plain) => `${plain}/?key=${encodeURIComponent(value)}`],
    ];
    for (const [secrets, url] of urls) {
      // Refusing such an address is right too, as long as it is not shown.
      const error = await context.check.rejects(
        called(probe, context, method, echoing(probe.dialect(context.subject), secrets), { url }),
        method,
      );
      showsNone(context.check, shownOf(error), secrets, `${method}: the error`);
    }
  });
}

async function called<S>(
  probe: Probe<S>,
  context: CaseContext<S>,
  method: string,
  handler: WireHandler,
  access: Access,
): Promise<unknown> {
  const { call } = await probe.connect(context, handler, access);
  return call(method, BOUNDED);
}

function secretEvents<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps the key and values of headers out of events, those that capture content included';
  return onEveryMethod(probe, { id: 'secrets.events', rule: 'C-09', title }, async (context, method) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const { events, parent } = listening(context);
    const respond = probe.respondWith(context.subject);
    let sent: string[] = [];
    const refused = (request: Parameters<WireHandler>[0]): WireHandler =>
      echoing(probe.dialect(context.subject), (sent = carried(request, names)));
    const ok = await probe.connect(context, respond, { headers });
    const no = await probe.connect(context, (...about) => refused(about[0])(...about), { headers });
    await ok.call(method, { ...BOUNDED, parent });
    await context.check.rejects(no.call(method, { ...BOUNDED, parent }), method);
    context.check.ok(events.length > 0, `${method}: there are no events`);
    showsNone(context.check, events.map(shownEvent).join('\n'), sent, `${method}: an event`);
  });
}

function secretReply<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps what headers of a reply repeat out of the reply, its warnings and its events';
  return onEveryMethod(probe, { id: 'secrets.reply', rule: 'C-09', title }, async (context, method) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    let sent: string[] = [];
    const handler: WireHandler = (request, reply, n) => {
      sent = carried(request, names);
      const echoed = sent.flatMap(formsOf).join(' ');
      const own = { 'x-request-id': echoed, 'request-id': echoed, warning: echoed, 'x-warning': echoed };
      return probe.respondWith(context.subject, { delivery: { headers: own } })(request, reply, n);
    };
    const { call } = await probe.connect(context, handler, { headers });
    const { events, parent } = listening(context);
    const reply = await call(method, { ...BOUNDED, parent });
    showsNone(context.check, shownData(reply), sent, `${method}: the reply`);
    showsNone(context.check, events.map(shownEvent).join('\n'), sent, `${method}: an event`);
  });
}

/** The events of the calls under `parent`, with their content: others' cases run at the same time. */
function listening<S>(context: CaseContext<S>): { readonly events: MortiseEvent[]; readonly parent: string } {
  const parent = `conformance-${randomUUID()}`;
  const spans = new Set([parent]);
  const events: MortiseEvent[] = [];
  const listen = (event: MortiseEvent): void => {
    if (!spans.has(event.parentId ?? '') && !spans.has(event.spanId)) return;
    spans.add(event.spanId);
    events.push(event);
  };
  context.after(subscribe(listen, { captureContent: true }));
  return { events, parent };
}

function shownEvent(event: MortiseEvent): string {
  return `${shownData(event)}\n${shownOf(event.phase === 'error' ? event.error : undefined)}`;
}
