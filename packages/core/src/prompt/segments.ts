import { MortiseError } from '../errors.ts';

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

/** Fills in the texts among `values`; what is made later, by a function or a template, stays a variable. */
export function fillSome(segments: readonly Segment[], values: object): readonly Segment[] {
  return segments.map((segment) =>
    typeof segment !== 'string' &&
    Object.hasOwn(values, segment.name) &&
    !isMade(valueOf(segment.name, values))
      ? textOf(segment.name, valueOf(segment.name, values), {})
      : segment,
  );
}

/** What `values` has and `fillSome` left. */
export function madeLater(values: object): { [name: string]: unknown } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isMade(value)));
}

/**
 * The whole text, or `validation` naming everything that is missing. `given` is what functions see and templates are
 * filled in with; `values` has what stands in for it besides.
 */
export function fillAll(segments: readonly Segment[], values: object = {}, given: object = values): string {
  requireAll(segments, values);
  const texts = new Map(namesOf(segments).map((name) => [name, textOf(name, valueOf(name, values), given)]));
  return segments
    .map((segment) => (typeof segment === 'string' ? segment : (texts.get(segment.name) as string)))
    .join('');
}

export function requireAll(segments: readonly Segment[], values: object): void {
  const missing = namesOf(segments).filter((name) => valueOf(name, values) === undefined);
  if (missing.length === 0) return;
  const names = missing.map((name) => `{${name}}`).join(', ');
  const message = `The prompt has no value for ${names}. Give it to format() or partial().`;
  throw new MortiseError('validation', message);
}

/** A default for what is no variable is a misspelt one. */
export function refuseUnknown(defaults: object, names: readonly string[]): void {
  const unknown = Object.keys(defaults).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const message = `There is a default for {${unknown}}, which is no variable of the prompt.`;
  throw new MortiseError('configuration', message);
}

/** The names still to be filled in when `made` is there: a template brings its own. */
export function openNames(segments: readonly Segment[], made: object): string[] {
  const names = namesOf(segments).flatMap((name) => {
    const value = valueOf(name, made);
    return value === undefined ? [name] : isNested(value) ? value.variables : [];
  });
  return [...new Set(names)];
}

/** A member that is there and undefined has no value, and takes the default. */
export function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Own members only: `{constructor}` must not find what every object inherits. */
export function valueOf(name: string, values: object): unknown {
  return Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
}

interface Nested {
  readonly variables: readonly string[];
  format(values: object): string;
}

function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null && 'template' in value && 'format' in value;
}

function isMade(value: unknown): boolean {
  return typeof value === 'function' || isNested(value);
}

function textOf(name: string, value: unknown, given: object): string {
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean') return String(value);
  if (typeof value === 'function') return textOf(name, (value as (values: object) => unknown)(given), given);
  if (Array.isArray(value)) return value.map((item) => textOf(name, item, given)).join('\n');
  if (isNested(value)) return value.format(given);
  const found = value === null ? 'null' : type;
  throw new MortiseError(
    'validation',
    `The value of {${name}} is ${found}; a prompt takes strings, numbers, booleans, lists of them, functions and templates. Turn it into text first.`,
  );
}
