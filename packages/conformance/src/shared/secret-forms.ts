import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';
import type { Check } from '../frame/check.ts';
import type { WireRequest } from '../wire.ts';

/** `x-goog-api-key`, `apikey` and `x-amz-security-token` are keys too; an idempotency key is none. */
const KEY_NAME = /^(authorization|x-odd-.*|(?!idempotency-)(.*[-_])?(api)?(key|token|secret))$/i;

/**
 * The secrets that a request carried: its key, in a header or in its query and without the scheme before it, and what stands in
 * headers of the application's own.
 */
export function carried(request: WireRequest | undefined, own: readonly string[] = []): string[] {
  const query = new URL(request?.path ?? '/', 'http://localhost').searchParams;
  return [...Object.entries(request?.headers ?? {}), ...query]
    .filter(([name]) => KEY_NAME.test(name) || own.includes(name))
    .map(([, value]) => value.replace(/^[\w-]+ (?=\S+$)/, ''));
}

/** A secret as servers and runtimes give it back: as it is, in a URL, in base64 of either alphabet, in a JSON string. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    JSON.stringify(secret).slice(1, -1),
  ];
  return [...new Set(forms)];
}

/** What a program can print of something that was thrown: itself, its stack, its JSON, and all of that of its causes. */
export function shownOf(thrown: unknown): string {
  const shown = [inspect(thrown, { depth: 12, showHidden: true })];
  for (let error = thrown, depth = 0; error instanceof Error && depth < 12; error = error.cause, depth++) {
    const { partial } = error as { partial?: unknown };
    shown.push(error.message, error.stack ?? '', String(error), jsonOf(error), jsonOf(partial));
  }
  return shown.join('\n');
}

/** What a program can print of plain data. */
export function shownData(data: unknown): string {
  return [inspect(data, { depth: 12, showHidden: true, maxStringLength: Infinity }), jsonOf(data)].join('\n');
}

/** Fails with the beginning of the form that is shown, never with the whole of it. */
export function showsNone(check: Check, shown: string, secrets: readonly string[], what: string): void {
  for (const form of secrets.flatMap(formsOf))
    check.ok(!shown.includes(form), `${what} shows a form of a secret: ${form.slice(0, 6)}...`);
}

function jsonOf(value: unknown): string {
  const seen = new WeakSet();
  const once = (_name: string, member: unknown): unknown => {
    if (typeof member === 'bigint') return String(member);
    if (typeof member !== 'object' || member === null) return member;
    if (seen.has(member)) return undefined;
    seen.add(member);
    return member;
  };
  return JSON.stringify(value, once) ?? '';
}
