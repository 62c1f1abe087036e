/** A mark in a source, with what stands under it: lines indented no less, up to the next mark. */
const MARKED = /^( *)\/\/ REPLACE: (.+)\n((?:\1(?! *\/\/ REPLACE).+\n)*)/gm;

/**
 * A new integration once for each marked piece of its sources, with that piece as it is when its author forgot it and
 * changed the test: it spells and counts otherwise than the wire. `MUTANT` says which.
 */
export function mutantsOf(files: ReadonlyMap<string, string>): Map<string, string>[] {
  const mutants: Map<string, string>[] = [];
  for (const [path, text] of files) {
    if (!path.startsWith('src/')) continue;
    for (const match of text.matchAll(MARKED)) {
      const [whole, , what = '', piece = ''] = match;
      const changed = otherwise(piece);
      if (changed === piece) throw new Error(`${path}: nothing to change under "REPLACE: ${what}"`);
      const at = match.index + whole.length - piece.length;
      mutants.push(
        new Map([
          ...files,
          [path, text.slice(0, at) + changed + text.slice(at + piece.length)],
          ['MUTANT', `${path}: ${what}`],
        ]),
      );
    }
  }
  return mutants;
}

/** Every word in quotes and every switch the other way; where there is none, the members of what is sent, or nothing at all. */
function otherwise(piece: string): string {
  const spelled = piece
    .replaceAll(/'(?!\.|@|node:)([^'\n ]+)'/g, "'$1~'")
    .replaceAll(/\b(true|false)\b/g, (word) => (word === 'true' ? 'false' : 'true'))
    .replaceAll('`Bearer ', '`Other ');
  if (spelled !== piece) return spelled;
  const renamed = piece.replaceAll(/([{,]\s*)(\w+): /g, '$1$2Other: ');
  return renamed === piece || /^\s*(for|return \[)/.test(piece) ? '' : renamed;
}
