import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@mortise/core';
import type { DialectBase, Failure } from '../dialects/contract.ts';
import type { Check } from '../frame/check.ts';
import { waitFor } from '../frame/turns.ts';
import { deliver } from '../lab/deliver.ts';
import type { Wire, WireHandler, WireReply } from '../wire.ts';
import type { RespondOptions } from './probe.ts';

export { pause, settled, waitFor } from '../frame/turns.ts';

/** One JSON body, with what is done to it before it is sent. */
export function respondJson(reply: WireReply, body: JsonObject, options: RespondOptions = {}): Promise<void> {
  const { delivery = {}, split = (bytes) => [bytes], edit = (data) => data } = options;
  const bytes = Buffer.from(JSON.stringify(edit(body)), 'utf8');
  const headers = { 'content-type': 'application/json', ...delivery.headers };
  return deliver(reply, split(bytes), { ...delivery, headers });
}

/** Answers with an HTTP error. */
export function failing(
  dialect: DialectBase,
  failure: Failure,
  headers: Record<string, string> = {},
): WireHandler {
  const { body, headers: own } = dialect.failure(failure);
  const status = statusOf(dialect, failure);
  return (_request, reply) => {
    reply.writeHead(status, { 'content-type': 'application/json', ...own, ...headers });
    reply.end(JSON.stringify(body));
  };
}

/** The status that a failure comes with: of these two kinds the provider may have its own. */
export function statusOf(dialect: DialectBase, failure: Failure): number {
  const { kind, status } = failure;
  const isOwn = kind === 'quota' || kind === 'context-length';
  return (isOwn ? dialect.failure(failure).status : undefined) ?? status;
}

/** One handler after another; the last one for all that follow. */
export function inTurn(...handlers: [WireHandler, ...WireHandler[]]): WireHandler {
  return (request, reply, n) => (handlers[n] ?? handlers.at(-1) ?? handlers[0])(request, reply, n);
}

/** A signal and what it will be aborted with: no error, so that nobody can have made it. */
export function abortable(): { readonly controller: AbortController; readonly reason: object } {
  return { controller: new AbortController(), reason: { why: 'the user left' } };
}

/** The first request of a call that hangs. One that fails before fails the case with its own error. */
export async function isSent(
  check: Check,
  wire: Wire,
  called: Promise<unknown>,
  what: string,
): Promise<void> {
  const arrived = waitFor(() => wire.requests.length > 0);
  check.ok(await Promise.race([arrived, called.then(() => false)]), `${what}: nothing was sent`);
}

/** The client closed the connection before the reply was over. */
export async function closesEarly(
  check: Check,
  closed: Promise<boolean> | undefined,
  what: string,
): Promise<void> {
  check.equal(await check.within(2_000, Promise.resolve(closed), `${what}: the connection`), true, what);
}

/** Everything that an iterable yields. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

/** Freezes all the way down, so that a mutation throws where it happens. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/** True when the value is what JSON makes of it. */
export function isPlain(value: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
}
