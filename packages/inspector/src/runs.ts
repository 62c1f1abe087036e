import type { Header, RecordedError, RecordedEvent, RecordingLine } from './format.ts';
import type { Plain } from './plain.ts';

/** `aborted`: ended by the caller's signal, or, where the attribute `left` is true, by its reader. `running`: its end was not told yet. */
export type SpanStatus = 'running' | 'ok' | 'error' | 'aborted';

/** A retry, a wait, a cache hit, a warning: something without a duration, in the span it happened in. */
export interface RunPoint {
  readonly name: string;
  readonly time: number;
  readonly attributes: Readonly<Record<string, Plain>>;
}

/** One operation, with what happened inside it. */
export interface RunSpan {
  /** Session and span id: unique among all recordings. */
  readonly key: string;
  readonly spanId: string;
  /** Empty until an event of the span itself is known. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly durationMs?: number | undefined;
  readonly status: SpanStatus;
  readonly attributes: Readonly<Record<string, Plain>>;
  readonly content?: Readonly<Record<string, Plain>> | undefined;
  readonly error?: RecordedError | undefined;
  /** In the order of time. */
  readonly points: readonly RunPoint[];
  /** In the order in which they began. */
  readonly children: readonly RunSpan[];
}

/** A tree of spans, from one call of the application. */
export interface Run {
  /** The key of its root. */
  readonly id: string;
  readonly root: RunSpan;
  readonly session: Header;
  /** Rises with each event: a run that has the same one is the same. */
  readonly revision: number;
}

/** What a run, or a part of one, adds up to. */
export interface Totals {
  readonly spans: number;
  readonly errors: number;
  readonly retries: number;
  readonly warnings: number;
  readonly cacheHits: number;
  /** Milliseconds in which something waited: for a limiter, or for its next attempt. */
  readonly waitedMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In the currency of the budget's prices. Absent where no budget told any. */
  readonly cost?: number;
  /** Milliseconds from the run's start to the first token of any reply. */
  readonly firstTokenMs?: number;
}

interface Growing {
  readonly key: string;
  readonly spanId: string;
  readonly session: Header;
  name: string;
  startedAt: number;
  durationMs?: number;
  status: SpanStatus;
  attributes: Readonly<Record<string, Plain>>;
  content?: Readonly<Record<string, Plain>>;
  error?: RecordedError;
  points: RunPoint[];
  children: Growing[];
  parent?: Growing;
  /** Towards the root of its tree, shortened as it is walked: trees may be as deep as a recording is long. */
  up?: Growing;
  revision: number;
  /** An event of its own told when it began. */
  isKnown: boolean;
  /** How many spans the tree under a root has; of a root alone. */
  size: number;
}

/** The session that lines belong to: that of the last header before them. */
export interface Place {
  session: Header;
}

export const NO_SESSION: Header = {
  format: 'mortise-runs',
  version: 1,
  session: '',
  startedAt: 0,
  content: false,
};

/**
 * Makes runs of the lines of recordings, in whatever order events come: an end without its start has all that is needed, and
 * a parent that was never told of stands for itself. Bounded: beyond `maxSpans` the oldest runs that have ended go, and if
 * none has, the oldest.
 */
export class RunBook {
  readonly #spans = new Map<string, Growing>();
  readonly #roots = new Set<Growing>();
  readonly #maxSpans: number;
  readonly #place: Place = { session: NO_SESSION };

  constructor({ maxSpans = 200_000 }: { maxSpans?: number } = {}) {
    this.#maxSpans = maxSpans;
  }

  /** `place` says whose lines these are, and is written to: one for each source of lines that come in pieces. */
  add(lines: readonly RecordingLine[], place: Place = this.#place): void {
    for (const line of lines) {
      if ('format' in line) place.session = line;
      else this.#event(line, place.session);
    }
    this.#trim();
  }

  /** The newest first. */
  runs(): Run[] {
    return [...this.#roots]
      .map((root) => ({ id: root.key, root, session: root.session, revision: root.revision }))
      .toSorted((a, b) => b.root.startedAt - a.root.startedAt || byId(b.root, a.root));
  }

  clear(): void {
    this.#spans.clear();
    this.#roots.clear();
  }

  #event(event: RecordedEvent, session: Header): void {
    const span = this.#span(event.spanId, session);
    if (event.phase === 'point') {
      const { name, time, attributes } = event;
      const at = span.points.findLastIndex((point) => point.time <= time) + 1;
      span.points.splice(at, 0, { name, time, attributes });
      if (!span.isKnown) this.#startsAt(span, Math.min(span.startedAt, time));
    } else {
      this.#told(span, event);
    }
    if (event.parentId !== undefined) this.#link(span, event.parentId);
    rootOf(span).revision++;
  }

  #told(span: Growing, event: RecordedEvent): void {
    const { phase, durationMs = 0, error } = event;
    const isStart = phase === 'start';
    span.name = event.name;
    span.attributes = isStart
      ? { ...event.attributes, ...span.attributes }
      : { ...span.attributes, ...event.attributes };
    const content = isStart ? { ...event.content, ...span.content } : { ...span.content, ...event.content };
    if (Object.keys(content).length > 0) span.content = content;
    // A clock of whole milliseconds: the start that was told is kept.
    if (isStart || !span.isKnown) this.#startsAt(span, isStart ? event.time : event.time - durationMs);
    span.isKnown = true;
    if (isStart) return;
    span.durationMs = durationMs;
    span.status =
      phase === 'end' ? 'ok' : isAbort(error) || span.attributes['left'] === true ? 'aborted' : 'error';
    if (error !== undefined) span.error = error;
  }

  #span(spanId: string, session: Header): Growing {
    const key = `${session.session}/${spanId}`;
    const known = this.#spans.get(key);
    if (known !== undefined) return known;
    const span: Growing = {
      ...{ key, spanId, session, name: '', startedAt: Infinity, status: 'running' },
      ...{ attributes: {}, points: [], children: [], revision: 0, isKnown: false, size: 1 },
    };
    this.#spans.set(key, span);
    this.#roots.add(span);
    return span;
  }

  #link(span: Growing, parentId: string): void {
    if (span.parent !== undefined) return;
    const parent = this.#span(parentId, span.session);
    const root = rootOf(parent);
    // A recording from anywhere may hold a circle.
    if (root === span) return;
    span.parent = parent;
    span.up = root;
    this.#roots.delete(span);
    root.size += span.size;
    insert(parent.children, span);
    if (!parent.isKnown) this.#startsAt(parent, Math.min(parent.startedAt, span.startedAt));
  }

  #startsAt(given: Growing, time: number): void {
    let span = given;
    while (span.startedAt !== time) {
      span.startedAt = time;
      const { parent } = span;
      if (parent === undefined) return;
      parent.children.splice(parent.children.indexOf(span), 1);
      insert(parent.children, span);
      // A parent that was never told of began with the first of its parts.
      if (parent.isKnown || parent.startedAt <= time) return;
      span = parent;
    }
  }

  #trim(): void {
    if (this.#spans.size <= this.#maxSpans) return;
    const oldest = [...this.#roots].toSorted((a, b) => a.startedAt - b.startedAt);
    const ended = oldest.filter(({ status }) => status !== 'running');
    for (const root of [...ended, ...oldest]) {
      if (this.#spans.size <= this.#maxSpans) return;
      if (!this.#roots.delete(root)) continue;
      for (const { span } of flatten(root)) this.#spans.delete(span.key);
    }
  }
}

/** The runs of a recording that is whole, the newest first. */
export function runsOf(lines: readonly RecordingLine[]): Run[] {
  const book = new RunBook({ maxSpans: Infinity });
  book.add(lines);
  return book.runs();
}

function rootOf(span: Growing): Growing {
  let at = span;
  while (at.up !== undefined) {
    if (at.up.up !== undefined) at.up = at.up.up;
    at = at.up;
  }
  return at;
}

/** Behind what began with it or before. */
function insert(children: Growing[], span: Growing): void {
  const last = children.at(-1);
  if (last === undefined || inOrder(last, span) <= 0) {
    children.push(span);
    return;
  }
  let [low, high] = [0, children.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(children[middle] as Growing, span) <= 0) low = middle + 1;
    else high = middle;
  }
  children.splice(low, 0, span);
}

function inOrder(a: RunSpan, b: RunSpan): number {
  return a.startedAt === b.startedAt ? byId(a, b) : a.startedAt - b.startedAt;
}

/** Ids are counted up in base 36. */
function byId({ spanId: a }: RunSpan, { spanId: b }: RunSpan): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

function isAbort(error: RecordedError | undefined): boolean {
  return error?.code === 'aborted' || error?.name === 'AbortError';
}

/** A span at its depth in the tree. */
export interface Row {
  readonly span: RunSpan;
  readonly depth: number;
}

/** The spans of a tree from top to bottom, without what is inside of `closed` ones. */
export function flatten(root: RunSpan, closed: ReadonlySet<string> = new Set()): Row[] {
  const rows: Row[] = [];
  // No recursion: a recording may be as deep as it is long.
  const open: Row[] = [{ span: root, depth: 0 }];
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    if (closed.has(row.span.key)) continue;
    const { children } = row.span;
    for (let at = children.length - 1; at >= 0; at--)
      open.push({ span: children[at] as RunSpan, depth: row.depth + 1 });
  }
  return rows;
}

/** When everything in a tree was over, or `now` where something runs. Milliseconds since the epoch. */
export function endOf(root: RunSpan, now: number): number {
  return flatten(root).reduce((latest, { span }) => Math.max(latest, spanEnd(span, now)), root.startedAt);
}

export function spanEnd({ startedAt, durationMs, status, points, name }: RunSpan, now: number): number {
  if (durationMs !== undefined) return startedAt + durationMs;
  // Of a parent that was never told of nobody knows when it ended.
  if (name === '') return points.at(-1)?.time ?? startedAt;
  return status === 'running' ? Math.max(now, startedAt) : startedAt;
}

/** A run whose root was never told of is as its parts are. */
export function statusOf(root: RunSpan): SpanStatus {
  if (root.name !== '') return root.status;
  const { children } = root;
  const worst = (['running', 'error', 'aborted'] as const).find((status) =>
    children.some((child) => child.status === status),
  );
  return worst ?? 'ok';
}

/** What a span and all below it come to: counts, milliseconds that were waited for limits, tokens, and cost where it is told. */
export function totalsOf(root: RunSpan): Totals {
  const totals = { spans: 0, errors: 0, retries: 0, warnings: 0, cacheHits: 0, waitedMs: 0 };
  let cost: number | undefined;
  let firstAt = Infinity;
  for (const { span } of flatten(root)) {
    totals.spans++;
    if (span.status === 'error') totals.errors++;
    const first = firstTokenMs(span);
    if (first !== undefined) firstAt = Math.min(firstAt, span.startedAt + first);
    for (const point of span.points) {
      if (point.name === 'retry') totals.retries++;
      if (point.name === 'warning') totals.warnings++;
      if (point.name === 'cache') totals.cacheHits += numberOf(point.attributes, 'hits');
      if (point.name === 'budget') cost = (cost ?? 0) + numberOf(point.attributes, 'cost');
      totals.waitedMs += waitOf(point).waitedMs;
    }
  }
  const tokens = tokensOf(root);
  return {
    ...totals,
    ...tokens,
    ...(cost === undefined ? {} : { cost }),
    ...(firstAt === Infinity ? {} : { firstTokenMs: firstAt - root.startedAt }),
  };
}

/** How long a point says that something waited, and whether before it or after it. Zero for most. */
export function waitOf({ name, attributes }: RunPoint): {
  readonly waitedMs: number;
  readonly before: boolean;
} {
  if (name === 'retry') return { waitedMs: numberOf(attributes, 'delayMs'), before: false };
  if (name === 'rate-limit') return { waitedMs: numberOf(attributes, 'waitedMs'), before: true };
  return { waitedMs: 0, before: false };
}

/** Milliseconds from the start of a span to the first token of its reply. */
export function firstTokenMs({ attributes, points, startedAt }: RunSpan): number | undefined {
  for (const key of ['firstTokenMs', 'timeToFirstTokenMs']) {
    const told = attributes[key];
    if (typeof told === 'number') return told;
  }
  const point = points.find(({ name }) => name === 'first-token');
  return point === undefined ? undefined : Math.max(0, point.time - startedAt);
}

/** Of a span, or of all in a tree: 0 where nobody told. */
export interface Tokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Of a tree, each token once: the usage of an answer is that of the calls inside it, and counts where those are not known. */
export function tokensOf(root: RunSpan): Tokens {
  const rows = flatten(root);
  const known = new Map<RunSpan, Tokens>();
  for (let at = rows.length - 1; at >= 0; at--) {
    const { span } = rows[at] as Row;
    const inside = sum(span.children.map((child) => known.get(child) ?? NO_TOKENS));
    known.set(span, inside.inputTokens + inside.outputTokens > 0 ? inside : ownTokens(span));
  }
  return known.get(root) ?? NO_TOKENS;
}

const NO_TOKENS: Tokens = { inputTokens: 0, outputTokens: 0 };

function sum(all: readonly Tokens[]): Tokens {
  return all.reduce(
    (a, b) => ({
      inputTokens: a.inputTokens + b.inputTokens,
      outputTokens: a.outputTokens + b.outputTokens,
    }),
    NO_TOKENS,
  );
}

function ownTokens({ attributes }: RunSpan): Tokens {
  const { usage } = attributes;
  const counts = typeof usage === 'object' && usage !== null && !Array.isArray(usage) ? usage : attributes;
  return { inputTokens: numberOf(counts, 'inputTokens'), outputTokens: numberOf(counts, 'outputTokens') };
}

function numberOf(attributes: Readonly<Record<string, Plain>>, key: string): number {
  const value = attributes[key];
  return typeof value === 'number' && value > 0 ? value : 0;
}
