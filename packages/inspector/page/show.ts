import type { Plain } from '../src/plain.ts';
import type { RunSpan } from '../src/runs.ts';

type PlainObject = Readonly<Record<string, Plain>>;

export function isObject(value: Plain | undefined): value is { [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt(value: Plain | undefined, key: string): string | undefined {
  const member = isObject(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : undefined;
}

export function numberAt(value: Plain | undefined, key: string): number | undefined {
  const member = isObject(value) ? value[key] : undefined;
  return typeof member === 'number' ? member : undefined;
}

export function listAt(value: Plain | undefined, key: string): readonly Plain[] | undefined {
  const member = isObject(value) ? value[key] : undefined;
  return Array.isArray(member) ? member : undefined;
}

/** What a bar's colour stands for. */
export type Kind =
  | 'llm'
  | 'embedding'
  | 'retrieval'
  | 'rerank'
  | 'tool'
  | 'answer'
  | 'parser'
  | 'ingest'
  | 'other';

export function kindOf(name: string): Kind {
  const [first = ''] = name.split(/[.-]/, 1);
  switch (first) {
    case 'llm':
    case 'embedding':
    case 'tool':
    case 'parser':
    case 'ingest':
      return first;
    case 'retriever':
      return 'retrieval';
    case 'reranker':
    case 'postprocess':
      return 'rerank';
    case 'mcp':
      return 'tool';
    case 'query':
    case 'synthesize':
    case 'run':
    case 'chat':
    case 'agent':
      return 'answer';
    default:
      return 'other';
  }
}

export const nameOf = ({ name }: RunSpan): string => (name === '' ? 'not recorded' : name);

/** Which one of its name a span is: its model, tool or retriever. */
export function labelOf({ attributes }: RunSpan): string {
  for (const key of [
    'tool',
    'agent',
    'model',
    'parser',
    'retriever',
    'postprocessor',
    'engine',
    'synthesizer',
  ]) {
    const value = attributes[key];
    if (typeof value === 'string') return value;
  }
  return '';
}

/** What was asked, where content was recorded. */
export function askedOf(root: RunSpan): string | undefined {
  let span: RunSpan | undefined = root;
  for (let depth = 0; span !== undefined && depth < 6; depth++) {
    const { query, input, message, prompt, text }: PlainObject = span.content ?? {};
    for (const value of [query, message, prompt, text, input]) {
      const asked = questionIn(value);
      if (asked !== undefined) return asked;
    }
    span = span.children[0];
  }
  return undefined;
}

function questionIn(value: Plain | undefined): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (Array.isArray(value)) {
    const last = value.findLast((message) => textAt(message, 'role') === 'user') ?? value.at(-1);
    return last === undefined || Array.isArray(last) ? undefined : questionIn(last);
  }
  if (!isObject(value)) return undefined;
  const { text, content, messages, prompt } = value;
  return questionIn(text) ?? questionIn(prompt) ?? questionIn(messages) ?? contentText(content);
}

function contentText(content: Plain | undefined): string | undefined {
  if (typeof content === 'string') return questionIn(content);
  if (!Array.isArray(content)) return undefined;
  const text = content.flatMap((block) => textAt(block, 'text') ?? []).join(' ');
  return text === '' ? undefined : text;
}

/** `40 µs`, `340 ms`, `1.24 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export const count = (value: number): string => value.toLocaleString('en');

export function cost(value: number): string {
  return value === 0 ? '0' : value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function clock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB');
}

const texts = new WeakMap<object, string>();

/** Everything in a span that somebody may search for, in lower case. */
export function searchable(span: RunSpan): string {
  // A span's attributes are another object after each event of it.
  const known = texts.get(span.attributes);
  if (known !== undefined) return known;
  const { name, attributes, content = {}, error, points, spanId } = span;
  const text = JSON.stringify([
    name,
    spanId,
    attributes,
    content,
    error,
    points.map((point) => [point.name, point.attributes]),
  ]);
  const lower = text.slice(0, 200_000).toLowerCase();
  if (span.status !== 'running') texts.set(span.attributes, lower);
  return lower;
}

export function pretty(value: Plain | PlainObject | undefined): string {
  return JSON.stringify(value, undefined, 2) ?? '';
}

/** JSON in a text, indented; any other text as it is. */
export function prettyText(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > 100_000) return text;
  try {
    return pretty(JSON.parse(text) as Plain);
  } catch {
    return text;
  }
}

/** A value for a line: numbers without the digits that nobody reads. */
export function shortOf(value: Plain | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  return JSON.stringify(value, undefined, 1) ?? '';
}
