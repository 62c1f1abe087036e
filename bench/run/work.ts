import { median } from '../measure.ts';

/** What one way of doing a work took. */
export interface Figures {
  /** Time from the beginning to the result, in milliseconds. */
  readonly ms?: number;
  /** Time of the processor, that of the system included, in milliseconds. The server's is not in it. */
  readonly cpuMs?: number;
  /** Resident memory at its peak, in megabytes. */
  readonly peakMB?: number;
  /** Kilobytes: of a bundle, gzipped, or of what is kept. */
  readonly kB?: number;
}

/** What is measured. */
export type Figure = keyof Figures;

/** The medians of one contender. */
export interface Row extends Figures {
  readonly name: string;
}

/** What is promised: `of` needs at most `atMost` times what `to` needs, and `plus` more; without `to`, at most `atMost` units. */
export interface Limit {
  readonly of: string;
  readonly to?: string;
  readonly by: Figure;
  readonly atMost: number;
  /** In the figure's own unit, for what is promised as a difference. Default: 0. */
  readonly plus?: number;
}

/** Something that has to be done, and everybody who does it. The first row is what the ratios of the others are to. */
export interface Work {
  readonly name: string;
  readonly title: string;
  /** What is done, how long it is warmed up, and what is checked: a sentence or two. */
  readonly about: string;
  readonly limits?: readonly Limit[];
  /** @throws where two contenders disagree about what comes out. */
  measure(rounds: number | undefined): Promise<readonly Row[]>;
}

/**
 * One way of doing a work: opened once in a process of its own, and then run once for each round. What it gives must be the same for all;
 * where it is long, a digest of it.
 */
export type Contender = (url: string) => Run | Promise<Run>;
export type Run = () => Promise<Output>;
/** What comes out, or makes a digest of it once the time is taken; and what was found out about memory besides. */
export type Output = string | (() => string) | { readonly output: string; readonly kB: number };

/** Of each figure that was taken, in any round. */
export function medians(rounds: readonly Figures[]): Figures {
  const figures = ['ms', 'cpuMs', 'peakMB', 'kB'] as const;
  return Object.fromEntries(
    figures.flatMap((figure) => {
      const taken = rounds.map((round) => round[figure]).filter((value) => value !== undefined);
      return taken.length === 0 ? [] : [[figure, median(taken)]];
    }),
  );
}

/** By how much a promise is kept, or undefined where a row was not measured: the figure in units of `to`, or in its own. */
export function ratioOf(rows: readonly Row[], { of, to, by, plus = 0 }: Limit): number | undefined {
  const value = rows.find(({ name }) => name === of)?.[by];
  const base = to === undefined ? 1 : rows.find(({ name }) => name === to)?.[by];
  return value === undefined || base === undefined ? undefined : (value - plus) / base;
}
