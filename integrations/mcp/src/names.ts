import { framed, sha256Hex } from '@mortise/core/shared';

/** What every provider takes for the name of a tool. */
const FOR_MODELS = /^[A-Za-z0-9_-]{1,64}$/;
/** What the specification asks of the name of a tool; a server may say anything. */
const OF_SPECIFICATION = /^[A-Za-z0-9_./-]{1,128}$/;
/** Hexadecimal digits of the hash in a name: 64 bits. */
const DIGITS = 16;

/** A tool of a server, for which a name is wanted. */
export interface Named {
  /** Before the name, with `__` between. Empty: none. */
  readonly prefix: string;
  readonly name: string;
}

/**
 * Names that models take, one for each tool in its place, no two equal. A name that models take stays as it is; one that only the specification
 * allows (dots, slashes, length) keeps its letters and gets a hash; of any other nothing is shown but a hash, since a name
 * stands in the prompt without a mark. The name of a tool depends on no tool of a later server. Undefined: there is no free name, or
 * its server has that tool twice.
 */
export function modelNames(servers: readonly (readonly Named[])[]): (string | undefined)[][] {
  const taken = new Set<string>();
  const take = (name: string): string | undefined => {
    if (taken.has(name)) return undefined;
    taken.add(name);
    return name;
  };
  return servers.map((tools) => {
    const seen = new Set<string>();
    const isFirst = tools.map(({ name }) => !seen.has(name) && seen.add(name) !== undefined);
    const plain = tools.map((tool, at) => (isFirst[at] === true ? plainName(tool) : undefined));
    // Those that stay as they are first: a hashed name never takes the place of one.
    const kept = plain.map((name) => (name === undefined ? undefined : take(name)));
    return tools.map((tool, at) => (isFirst[at] === true ? (kept[at] ?? take(hashedName(tool))) : undefined));
  });
}

/** Whether the name tells what the server said, so that it need not be told elsewhere. */
export function isReadable(name: string): boolean {
  return OF_SPECIFICATION.test(name);
}

function plainName({ prefix, name }: Named): string | undefined {
  const whole = prefixed(prefix, name);
  return FOR_MODELS.test(name) && FOR_MODELS.test(whole) ? whole : undefined;
}

function hashedName({ prefix, name }: Named): string {
  const letters = OF_SPECIFICATION.test(name) ? name.replace(/[^A-Za-z0-9_-]/g, '_') : 'tool';
  const hash = sha256Hex(framed(prefix) + framed(name)).slice(0, DIGITS);
  return `${prefixed(prefix, letters).slice(0, 64 - DIGITS - 1)}_${hash}`;
}

function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}__${name}`;
}
