import { transform, type FileOutcome, type Library, type TransformOptions } from '@mortise/codemod';

/** What becomes of one file. */
export function one(library: Library, text: string, path = 'a.ts', options?: TransformOptions): FileOutcome {
  const [outcome] = transform(library, [{ path, text }], options);
  if (outcome === undefined) throw new Error('No outcome.');
  return outcome;
}
