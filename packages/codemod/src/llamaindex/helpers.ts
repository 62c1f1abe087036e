import type { Rewriting } from '../engine/contract.ts';

/** What a helper's text is made with. */
export interface HelperParts {
  readonly name: string;
  /** The text where the file has types, nothing where it has none. */
  readonly typed: (text: string) => string;
}

/** The name of a function that is written into the file, once, for what Mortise has no package with. */
export function helper(wanted: string, file: Rewriting, text: (parts: HelperParts) => string): string {
  const key = `helper ${wanted}`;
  const known = file.settings.get(key);
  if (known !== undefined) return known.text;
  const name = file.freshName(wanted);
  file.settings.set(key, { text: name, scope: undefined });
  file.declare(text({ name, typed: (type) => (file.typed ? type : '') }).trim());
  return name;
}
