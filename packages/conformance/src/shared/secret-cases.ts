import { randomUUID } from 'node:crypto';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import type { DialectBase } from '../dialects/contract.ts';
import type { ConformanceCase, Trial } from '../frame/case.ts';
import type { WireHandler } from '../wire.ts';
import { onEveryWay, type Access, type Probe } from './probe.ts';
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
  return onEveryWay(probe, { id: 'secrets.headers', rule: 'C-09', title }, async (trial, way) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    let sent: string[] = [];
    const { call, wire } = await probe.connect(
      trial,
      (request, reply, n) =>
        echoing(probe.dialect(trial.subject), (sent = carried(request, names)))(request, reply, n),
      { headers },
    );
    const error = await trial.check.rejects(call(way, BOUNDED), way);
    trial.check.ok(wire.requests.length > 0, `${way}: nothing was sent`);
    showsNone(trial.check, shownOf(error), sent, `${way}: the error`);
  });
}

function secretURL<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps credentials of the base URL out of errors: its user, its password and its query';
  return onEveryWay(probe, { id: 'secrets.url', rule: 'C-09', title }, async (trial, way) => {
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
      const error = await trial.check.rejects(
        called(probe, trial, way, echoing(probe.dialect(trial.subject), secrets), { url }),
        way,
      );
      showsNone(trial.check, shownOf(error), secrets, `${way}: the error`);
    }
  });
}

async function called<S>(
  probe: Probe<S>,
  trial: Trial<S>,
  way: string,
  handler: WireHandler,
  access: Access,
): Promise<unknown> {
  const { call } = await probe.connect(trial, handler, access);
  return call(way, BOUNDED);
}

function secretEvents<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps the key and values of headers out of events, those that capture content included';
  return onEveryWay(probe, { id: 'secrets.events', rule: 'C-09', title }, async (trial, way) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const { events, parent } = listening(trial);
    const tell = probe.telling(trial.subject);
    let sent: string[] = [];
    const refused = (request: Parameters<WireHandler>[0]): WireHandler =>
      echoing(probe.dialect(trial.subject), (sent = carried(request, names)));
    const ok = await probe.connect(trial, tell, { headers });
    const no = await probe.connect(trial, (...about) => refused(about[0])(...about), { headers });
    await ok.call(way, { ...BOUNDED, parent });
    await trial.check.rejects(no.call(way, { ...BOUNDED, parent }), way);
    trial.check.ok(events.length > 0, `${way}: there are no events`);
    showsNone(trial.check, events.map(shownEvent).join('\n'), sent, `${way}: an event`);
  });
}

function secretReply<S>(probe: Probe<S>): Case<S> {
  const title = 'keeps what headers of a reply repeat out of the reply, its warnings and its events';
  return onEveryWay(probe, { id: 'secrets.reply', rule: 'C-09', title }, async (trial, way) => {
    const headers = ownHeaders();
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    let sent: string[] = [];
    const handler: WireHandler = (request, reply, n) => {
      sent = carried(request, names);
      const echoed = sent.flatMap(formsOf).join(' ');
      const own = { 'x-request-id': echoed, 'request-id': echoed, warning: echoed, 'x-warning': echoed };
      return probe.telling(trial.subject, { delivery: { headers: own } })(request, reply, n);
    };
    const { call } = await probe.connect(trial, handler, { headers });
    const { events, parent } = listening(trial);
    const reply = await call(way, { ...BOUNDED, parent });
    showsNone(trial.check, shownData(reply), sent, `${way}: the reply`);
    showsNone(trial.check, events.map(shownEvent).join('\n'), sent, `${way}: an event`);
  });
}

/** The events of the calls under `parent`, with their content: others' cases run at the same time. */
function listening<S>(trial: Trial<S>): { readonly events: MortiseEvent[]; readonly parent: string } {
  const parent = `conformance-${randomUUID()}`;
  const spans = new Set([parent]);
  const events: MortiseEvent[] = [];
  const listen = (event: MortiseEvent): void => {
    if (!spans.has(event.parentId ?? '') && !spans.has(event.spanId)) return;
    spans.add(event.spanId);
    events.push(event);
  };
  trial.after(subscribe(listen, { captureContent: true }));
  return { events, parent };
}

function shownEvent(event: MortiseEvent): string {
  return `${shownData(event)}\n${shownOf(event.phase === 'error' ? event.error : undefined)}`;
}
