import type { Plain } from './plain.ts';

/** The first line of a recording, and of each part of several that are put together. */
export interface Header {
  readonly format: 'mortise-runs';
  readonly version: 1;
  /** Of the process that recorded: ids of spans are unique in it. */
  readonly session: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Prompts, replies and queries were recorded, since the application asked for it. */
  readonly content: boolean;
}

/** What is recorded of a thrown value. */
export interface RecordedError {
  name: string;
  /** Absent where the words are not Mortise's own and content was not asked for: a tool may say anything. */
  message?: string;
  code?: string;
  status?: number;
  provider?: string;
  server?: string;
  model?: string;
  retryable?: boolean;
  requestId?: string;
  retryAfterMs?: number;
  position?: number;
  path?: string;
  cause?: RecordedError;
  /** What had arrived before. Content. */
  partial?: Plain;
}

/** A `MortiseEvent` as JSON. */
export interface RecordedEvent {
  readonly phase: 'start' | 'end' | 'error' | 'point';
  readonly name: string;
  readonly spanId: string;
  readonly parentId?: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly durationMs?: number;
  readonly attributes: Readonly<Record<string, Plain>>;
  readonly content?: Readonly<Record<string, Plain>>;
  readonly error?: RecordedError;
}

/** A line of a recording. */
export type RecordingLine = Header | RecordedEvent;

/** What was read of a recording, and how many lines of it are none. */
export interface Recording {
  readonly lines: readonly RecordingLine[];
  /** Lines that could not be read, such as the last one of a process that was killed while it wrote. */
  readonly unreadable: number;
}

/** The lines of a recording, of several in a row, or of a JSON array of lines. What is no line is counted, and never thrown. */
export function readRecording(text: string): Recording {
  const whole = arrayOf(text);
  const lines: RecordingLine[] = [];
  let unreadable = 0;
  for (const item of whole ?? text.split('\n')) {
    if (item === '' || item === '\r') continue;
    const line = typeof item === 'string' ? parsedLine(item) : lineOf(item);
    if (line === undefined) unreadable++;
    else lines.push(line);
  }
  return { lines, unreadable };
}

function arrayOf(text: string): readonly unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsedLine(text: string): RecordingLine | undefined {
  try {
    return lineOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The line that a value of JSON is, each member checked: recordings come from anywhere. */
function lineOf(value: unknown): RecordingLine | undefined {
  if (!isObject(value) || !isShallow(value)) return undefined;
  if (value['format'] === 'mortise-runs') return headerOf(value);
  const { phase, name, spanId, parentId, time, durationMs, attributes, content, error } = value;
  if (phase !== 'start' && phase !== 'end' && phase !== 'error' && phase !== 'point') return undefined;
  if (typeof name !== 'string' || typeof spanId !== 'string' || !isTime(time)) return undefined;
  return {
    ...{ phase, name, spanId, time },
    ...(typeof parentId === 'string' ? { parentId } : {}),
    ...(isTime(durationMs) && durationMs >= 0 ? { durationMs } : {}),
    attributes: isObject(attributes) ? attributes : {},
    ...(isObject(content) ? { content } : {}),
    ...(isObject(error) ? { error: recordedError(error, 0) } : {}),
  };
}

/** Deeper than anything that is recorded: what walks a value may recurse. */
const MAX_DEPTH = 64;

function isShallow(value: object): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return false;
    const inside: unknown[] = level.flatMap((each): unknown[] => Object.values(each));
    level = inside.filter((member) => typeof member === 'object' && member !== null);
  }
  return true;
}

function headerOf({
  version,
  session,
  startedAt,
  content,
}: Readonly<Record<string, Plain>>): Header | undefined {
  if (version !== 1 || typeof session !== 'string' || !isTime(startedAt)) return undefined;
  return { format: 'mortise-runs', version, session, startedAt, content: content === true };
}

function recordedError(value: Readonly<Record<string, Plain>>, depth: number): RecordedError {
  const text = (key: string): Record<string, string> => {
    const member = value[key];
    return typeof member === 'string' ? { [key]: member } : {};
  };
  const number = (key: string): Record<string, number> => {
    const member = value[key];
    return typeof member === 'number' ? { [key]: member } : {};
  };
  const { name, retryable, cause, partial } = value;
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...['message', 'code', 'provider', 'server', 'model', 'requestId', 'path'].reduce(
      (all, key) => ({ ...all, ...text(key) }),
      {},
    ),
    ...['status', 'retryAfterMs', 'position'].reduce((all, key) => ({ ...all, ...number(key) }), {}),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(isObject(cause) && depth < 16 ? { cause: recordedError(cause, depth + 1) } : {}),
    ...(partial === undefined ? {} : { partial }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Dates end at 8.64e15; beyond, a difference is no duration. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 8.64e15;
}
