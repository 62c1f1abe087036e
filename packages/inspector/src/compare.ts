import type { Plain } from './plain.ts';
import { flatten, statusOf, type RunSpan } from './runs.ts';

/** Two spans that stand for each other, or one that has none beside it. */
export interface Pair {
  readonly left?: RunSpan;
  readonly right?: RunSpan;
  readonly depth: number;
  /** Empty for two that are the same but for their times. */
  readonly differences: readonly Difference[];
}

/** One value in which two spans differ. */
export interface Difference {
  /** Where it stands, such as `usage.outputTokens` or `message.content`. */
  readonly path: string;
  readonly part: 'outcome' | 'attributes' | 'content';
  /** Absent where the other has more. */
  readonly left?: Plain;
  readonly right?: Plain;
}

/** What another run of the same has anew each time. */
const OWN_EACH_TIME: readonly string[] = [
  'toolCallId',
  'responseId',
  'run',
  'conversation',
  'firstTokenMs',
  'id',
  'port',
];
/** Pairs of children that are looked at: beyond, they are put beside each other by their number. */
const MAX_TABLE = 250_000;

/** The spans of two runs beside each other, and what differs in each. Children are matched by name, in their order. */
export function compareRuns(left: RunSpan, right: RunSpan): Pair[] {
  const pairs: Pair[] = [];
  const open: Open[] = [{ left, right, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth } = next;
    if (next.left === undefined || next.right === undefined) {
      const [side, span] =
        next.left === undefined ? (['right', next.right] as const) : (['left', next.left] as const);
      if (span === undefined) continue;
      for (const row of flatten(span))
        pairs.push({ [side]: row.span, depth: depth + row.depth, differences: [] });
      continue;
    }
    pairs.push({
      left: next.left,
      right: next.right,
      depth,
      differences: differencesOf(next.left, next.right),
    });
    const inside = aligned(next.left.children, next.right.children);
    for (const pair of inside.toReversed()) open.push({ ...pair, depth: depth + 1 });
  }
  return pairs;
}

interface Open {
  readonly left?: RunSpan;
  readonly right?: RunSpan;
  readonly depth: number;
}

type Aligned = Pick<Open, 'left' | 'right'>;

/** The longest common sequence of names, and what is between. */
function aligned(left: readonly RunSpan[], right: readonly RunSpan[]): Aligned[] {
  if (left.length * right.length > MAX_TABLE) return byNumber(left, right);
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i]?.name === right[j]?.name ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: Aligned[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    if (one !== undefined && other !== undefined && one.name === other.name) {
      pairs.push({ left: one, right: other });
      i++;
      j++;
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      pairs.push({ left: one });
      i++;
    } else if (other !== undefined) {
      pairs.push({ right: other });
      j++;
    }
  }
  return pairs;
}

function byNumber(left: readonly RunSpan[], right: readonly RunSpan[]): Aligned[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at): Aligned[] => {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined || one.name === other.name)
      return [{ ...(one && { left: one }), ...(other && { right: other }) }];
    return [{ left: one }, { right: other }];
  }).flat();
}

function differencesOf(left: RunSpan, right: RunSpan): Difference[] {
  const differences: Difference[] = [];
  const told = (
    part: Difference['part'],
    one: Plain | undefined,
    other: Plain | undefined,
    path: string,
  ): void => {
    if (one === undefined || other === undefined || isLeaf(one) || isLeaf(other) || !isAlike(one, other)) {
      if (JSON.stringify(one) !== JSON.stringify(other))
        differences.push({
          path,
          part,
          ...(one !== undefined && { left: one }),
          ...(other !== undefined && { right: other }),
        });
      return;
    }
    const [ours, theirs] = [membersOf(one), membersOf(other)];
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
      if (!OWN_EACH_TIME.includes(key))
        told(part, ours[key], theirs[key], path === '' ? key : `${path}.${key}`);
  };
  told('outcome', statusOf(left), statusOf(right), 'status');
  told('outcome', left.error?.code ?? left.error?.name, right.error?.code ?? right.error?.name, 'error');
  const marks = [countsOf(left), countsOf(right)] as const;
  told('outcome', marks[0], marks[1], '');
  told('attributes', left.attributes, right.attributes, '');
  told('content', left.content ?? {}, right.content ?? {}, '');
  return differences;
}

/** How many retries, warnings and the like. */
function countsOf({ points }: RunSpan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of points) if (name !== 'first-token') counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function isLeaf(value: Plain): boolean {
  return typeof value !== 'object' || value === null;
}

function isAlike(one: Plain, other: Plain): boolean {
  return Array.isArray(one) === Array.isArray(other);
}

function membersOf(value: Plain): Readonly<Record<string, Plain>> {
  return Object.fromEntries(Object.entries(value as object)) as Record<string, Plain>;
}
