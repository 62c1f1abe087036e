import { MortiseError } from '@mortise/core';

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
function fillSome(segments: readonly Segment[], values: object): readonly Segment[] {
  return segments.map((segment) =>
    typeof segment !== 'string' &&
    Object.hasOwn(values, segment.name) &&
    !isMade(valueOf(segment.name, values))
      ? textOf(segment.name, valueOf(segment.name, values), {})
      : segment,
  );
}

/** What is made when the text is: functions, and templates. */
export type Made = { readonly [name: string]: unknown };

/** One step of `partial`: the texts are filled in, the rest is kept, and templates that were kept take what is theirs. */
export function partly(
  made: Made,
  values: object,
): { readonly fill: (segments: readonly Segment[]) => readonly Segment[]; readonly made: Made } {
  const given = Object.entries(present(values));
  const own = Object.fromEntries(given.filter(([name]) => !Object.hasOwn(made, name)));
  const later = Object.entries(own).filter(([, value]) => isMade(value));
  const kept = Object.entries(made).map(([name, value]): [string, unknown] => {
    if (!isNested(value)) return [name, value];
    const theirs = given.filter(([variable]) => value.variables.includes(variable));
    return [name, theirs.length === 0 ? value : value.partial(Object.fromEntries(theirs))];
  });
  return {
    fill: (segments) => fillSome(segments, own),
    made: Object.fromEntries([...kept, ...later]),
  };
}

/**
 * The whole text, or `validation` naming everything that is missing. `given` is what functions see and templates are
 * filled in with; `values` has what stands in for it besides.
 */
export function fillAll(segments: readonly Segment[], values: object = {}, given: object = values): string {
  const texts = textsFor(segments, values, given);
  return segments
    .map((segment) => (typeof segment === 'string' ? segment : (valueOf(segment.name, texts) as string)))
    .join('');
}

/** The text of each variable: functions are called once, however often their names stand there. */
export function textsFor(segments: readonly Segment[], values: object, given: object): object {
  requireAll(segments, values);
  return Object.fromEntries(
    namesOf(segments).map((name) => [name, textOf(name, valueOf(name, values), given)]),
  );
}

export function requireAll(segments: readonly Segment[], values: object): void {
  const missing = namesOf(segments).filter((name) => valueOf(name, values) === undefined);
  if (missing.length === 0) return;
  const names = missing.map((name) => `{${name}}`).join(', ');
  const message = `The prompt has no value for ${names}. Give it to format() or partial().`;
  throw new MortiseError('validation', message);
}

/** A default without its variable is misspelt. */
export function refuseUnknown(defaults: object, names: readonly string[]): void {
  const unknown = Object.keys(defaults).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const message = `There is a default for {${unknown}}, which is not a variable of the prompt.`;
  throw new MortiseError('configuration', message);
}

/** The names still to be filled in when `made` is there: a template brings its own. */
export function openNames(segments: readonly Segment[], made: Made): string[] {
  const names = namesOf(segments).flatMap((name) => {
    const value = valueOf(name, made);
    return value === undefined ? [name] : isNested(value) ? value.variables : [];
  });
  return [...new Set(names)];
}

/** Those of them that may be left out, here and in every template that has them. */
export function optionalNames(segments: readonly Segment[], made: Made, defaults: object): string[] {
  const names = namesOf(segments);
  return openNames(segments, made).filter((open) =>
    names.every((name) => {
      const value = valueOf(name, made);
      if (value === undefined) return name !== open || Object.hasOwn(defaults, name);
      if (!isNested(value) || !value.variables.includes(open)) return true;
      return value.optional?.includes(open) === true || Object.hasOwn(defaults, open);
    }),
  );
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
  readonly optional?: readonly string[];
  format(values: object): string;
  partial(values: object): Nested;
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
