import { isMortiseError } from '@mortise/core';
import type { Attributes, MortiseEvent } from '@mortise/core/events';
import { errorName } from '@mortise/core/shared';
import type { Header, RecordedError, RecordedEvent } from './format.ts';
import { plain, withoutKeys, type Plain } from './plain.ts';

/** Codes whose message repeats words that are not Mortise's: of a tool, a parser's text, a model. */
const FOREIGN: readonly string[] = ['internal', 'parse', 'validation'];
const MAX_CAUSES = 8;

/** The first line of a recording. */
export function headerLine(session: string, startedAt: number, content: boolean): string {
  const header: Header = { format: 'mortise-runs', version: 1, session, startedAt, content };
  return JSON.stringify(header);
}

/**
 * An event as a line of a recording. Without `content` it holds no prompt, no reply, and no words of errors that are not
 * Mortise's own.
 */
export function eventLine(event: MortiseEvent, content: boolean): string {
  const { phase, name, spanId, parentId, time, attributes } = event;
  const recorded: RecordedEvent = {
    phase,
    name: withoutKeys(name),
    spanId,
    ...(parentId === undefined ? {} : { parentId }),
    time,
    ...('durationMs' in event ? { durationMs: event.durationMs } : {}),
    attributes: objectOf(plain(content || name !== 'warning' ? attributes : ownAttributes(attributes))),
    ...(content && event.content !== undefined ? { content: objectOf(plain(event.content)) } : {}),
    ...(phase === 'error' ? { error: errorOf(event.error, content, 0) } : {}),
  };
  return JSON.stringify(recorded);
}

/** Of a warning without the words of what could not be read, and without what is quoted. */
function ownAttributes({ message, item: _item, ...rest }: Attributes): Attributes {
  if (rest['type'] === 'unreadable') return rest;
  return typeof message === 'string' ? { ...rest, message: ownWords(message, false) } : rest;
}

function objectOf(value: Plain): Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
}

/** What is shown of a thrown value, its causes included. */
function errorOf(error: unknown, content: boolean, depth: number): RecordedError {
  try {
    return described(error, content, depth);
  } catch {
    return { name: 'unreadable' };
  }
}

function described(error: unknown, content: boolean, depth: number): RecordedError {
  if (typeof error !== 'object' || error === null)
    return { name: typeof error, ...(content ? { message: withoutKeys(String(error)) } : {}) };
  const own = error as Record<string, unknown>;
  const isOurs = isMortiseError(error);
  const isSaid = content || (isOurs && !FOREIGN.includes(error.code));
  const about: Record<string, Plain> = {};
  for (const key of ABOUT) {
    // Where in a model's text something is wrong: made of the names that stand there.
    if (key === 'path' && !content) continue;
    const value = own[key];
    if (typeof value === 'string') about[key] = withoutKeys(value).slice(0, 200);
    else if (typeof value === 'number' || typeof value === 'boolean') about[key] = value;
  }
  const { message, cause, partial } = own;
  const recorded: RecordedError = { name: errorName(error) ?? 'object', ...about };
  if (isSaid && typeof message === 'string')
    recorded.message = plain(content ? message : ownWords(message, own['provider'] !== undefined)) as string;
  if (content && partial !== undefined) recorded.partial = plain(partial);
  if (cause !== undefined && cause !== null && depth < MAX_CAUSES)
    recorded.cause = errorOf(cause, content, depth + 1);
  return recorded;
}

/**
 * A message of Mortise's without what it repeats: the sentence of a server, which stands behind a colon and may hold the prompt, and
 * what is quoted.
 */
function ownWords(message: string, isProviders: boolean): string {
  const [words = ''] = isProviders ? message.split(': ', 1) : [message];
  return words.replaceAll(/"[^"]*"|(?<=\s)'[^']*'(?=[\s.,;:)])/g, '"…"');
}

const ABOUT = [
  'code',
  'status',
  'provider',
  'server',
  'model',
  'retryable',
  'requestId',
  'retryAfterMs',
  'position',
  'path',
] as const;
