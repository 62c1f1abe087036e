import { isObject, plainJson } from '@mortise/core/shared';

/** Something of theirs whose members are not known. */
export type Members = Record<string, unknown>;

/** The type (`_llmType()`) of a model of ours in a class of theirs. */
export const OUR_TYPE = 'mortise';

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function objectOf(value: unknown): Members {
  return isObject(value) ? value : {};
}

export function objectsOf(value: unknown): Members[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The members that say something, without those that are known. */
export function membersBeside(object: Members, known: ReadonlySet<string>): Members | undefined {
  const entries = Object.entries(object).filter(([name, value]) => !known.has(name) && !isNothing(value));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Some say of each text that it has no annotations. */
function isNothing(value: unknown): boolean {
  return value == null || (Array.isArray(value) && value.length === 0);
}

/** What a reply holds, as plain data. What is none is left out: it is the provider's, and nobody asked for it. */
export function plainOrNothing<T>(value: T): T | undefined {
  try {
    return plainJson(value, 'The reply', { depth: 500 });
  } catch {
    return undefined;
  }
}
