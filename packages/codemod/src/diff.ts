/** Lines of context around a change. */
const AROUND = 3;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** A unified diff of two texts. Empty where they are equal. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const edits = lineEdits(before.split('\n'), after.split('\n'));
  const hunks = hunksOf(edits);
  return `--- ${path}\n+++ ${path}\n${hunks.join('')}`;
}

/** By the longest common subsequence of the lines between what is equal at both ends. */
function lineEdits(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ sign: ' ', line }));
  return [...same(before.slice(0, start)), ...middle(old, now), ...same(before.slice(before.length - end))];
}

function middle(old: readonly string[], now: readonly string[]): Edit[] {
  // A table of so many cells would take more memory than a diff is worth: all of it is shown as replaced.
  if (old.length * now.length > 4_000_000)
    return [
      ...old.map((line) => ({ sign: '-' as const, line })),
      ...now.map((line) => ({ sign: '+' as const, line })),
    ];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]];
    if (was !== undefined && was === is) {
      edits.push({ sign: ' ', line: was });
      i += 1;
      j += 1;
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ sign: '-', line: was });
      i += 1;
    } else if (is !== undefined) {
      edits.push({ sign: '+', line: is });
      j += 1;
    }
  }
  return edits;
}

function hunksOf(edits: readonly Edit[]): string[] {
  const hunks: string[] = [];
  let [oldLine, newLine] = [1, 1];
  let from = 0;
  while (from < edits.length) {
    const first = edits.findIndex(({ sign }, index) => index >= from && sign !== ' ');
    if (first < 0) break;
    const start = Math.max(from, first - AROUND);
    let last = first;
    for (let index = first; index < edits.length && index <= last + 2 * AROUND; index += 1) {
      if (edits[index]?.sign !== ' ') last = index;
    }
    const stop = Math.min(edits.length, last + AROUND + 1);
    // What lies between two hunks is the same in both.
    oldLine += start - from;
    newLine += start - from;
    const part = edits.slice(start, stop);
    const olds = part.filter(({ sign }) => sign !== '+').length;
    const news = part.filter(({ sign }) => sign !== '-').length;
    const lines = part.map(({ sign, line }) => `${sign}${line}\n`).join('');
    hunks.push(`@@ -${oldLine},${olds} +${newLine},${news} @@\n${lines}`);
    oldLine += olds;
    newLine += news;
    from = stop;
  }
  return hunks;
}
