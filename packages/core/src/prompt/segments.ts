import { MortiseError } from '../errors.ts';
import type { PromptValue } from './contract.ts';

/** A parsed template: text, and the names between. */
export type Segment = string | { readonly name: string };

/** Linear in the template. Adjacent texts are joined. */
export function parseTemplate(template: string): readonly Segment[] {
  if (typeof template !== 'string') {
    throw new MortiseError('configuration', 'A prompt template is a string.');
  }
  const segments: Segment[] = [];
  let text = '';
  let from = 0;
  for (const match of template.matchAll(/\{\{|\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
    text += template.slice(from, match.index);
    from = match.index + match[0].length;
    const name = match[1];
    if (name === undefined) text += '{';
    else {
      if (text !== '') segments.push(text);
      segments.push({ name });
      text = '';
    }
  }
  text += template.slice(from);
  if (text !== '') segments.push(text);
  return segments;
}

/** The template that parses to `segments`. */
export function templateOf(segments: readonly Segment[]): string {
  return segments
    .map((segment) => (typeof segment === 'string' ? segment.replaceAll('{', '{{') : `{${segment.name}}`))
    .join('');
}

export function namesOf(segments: readonly Segment[]): string[] {
  return [...new Set(segments.flatMap((segment) => (typeof segment === 'string' ? [] : [segment.name])))];
}

/** Fills in what `values` has; the rest stays a variable. */
export function fillSome(segments: readonly Segment[], values: object): readonly Segment[] {
  return segments.map((segment) =>
    typeof segment !== 'string' && Object.hasOwn(values, segment.name)
      ? textOf(segment.name, values)
      : segment,
  );
}

/** The whole text, or `validation` naming everything that is missing. */
export function fillAll(segments: readonly Segment[], values: object = {}): string {
  const missing = namesOf(segments).filter((name) => valueOf(name, values) === undefined);
  if (missing.length > 0) {
    const names = missing.map((name) => `{${name}}`).join(', ');
    throw new MortiseError(
      'validation',
      `The prompt has no value for ${names}. Give it to format() or partial().`,
    );
  }
  return segments
    .map((segment) => (typeof segment === 'string' ? segment : textOf(segment.name, values)))
    .join('');
}

/** Own members only: `{constructor}` must not find what every object inherits. */
function valueOf(name: string, values: object): unknown {
  return Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
}

function textOf(name: string, values: object): string {
  const value = valueOf(name, values) as PromptValue;
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean') return String(value);
  const found = value === null ? 'null' : type;
  throw new MortiseError(
    'validation',
    `The value of {${name}} is ${found}; a prompt takes strings, numbers and booleans. Turn it into text first.`,
  );
}
