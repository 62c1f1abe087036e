import { MortiseError } from '@mortise/core';
import { finiteNumber, wholeNumber } from '@mortise/core/shared';
import { meanOf, type RetrievalReport } from './evaluate.ts';
import type { RetrievalMetric } from './metrics.ts';
import { randomFrom } from './random.ts';

/** What is compared, and how much chance is given. */
export interface CompareOptions {
  /** What is compared. Default: `ndcg@10`. */
  metric?: RetrievalMetric | undefined;
  /** Random exchanges of the test. Default: 100,000. */
  permutations?: number | undefined;
  /** Samples of the bootstrap. Default: 10,000. */
  resamples?: number | undefined;
  /** Of the interval, between 0 and 1. Default: 0.95. */
  confidence?: number | undefined;
  /** The same seed gives the same figures, everywhere. Default: 1. */
  seed?: number | undefined;
}

/** Two configurations on the same queries. Plain data. */
export interface RetrievalComparison {
  metric: string;
  /** Names of the two, and their means. */
  a: { name: string; mean: number };
  b: { name: string; mean: number };
  /** `b` less `a`. */
  difference: number;
  /** Two-sided: how often chance alone gives a difference as large, if there is none. */
  pValue: number;
  /** Whether all exchanges were tried, as few queries allow. */
  exact: boolean;
  /** Of the difference. */
  interval: { confidence: number; low: number; high: number };
  /** Queries in all, and those in which `b` is better, worse, and the same. */
  queries: number;
  wins: number;
  losses: number;
  ties: number;
  seed: number;
}

/**
 * Whether one configuration is better than another on the same queries, or whether chance explains it.
 *
 * The p-value is of the paired randomization test: if there is no difference, each query's two values could as well be
 * exchanged, and the test counts how often random exchanges give a mean difference as large (Smucker, Allan and
 * Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007). The
 * observed one counts as one of them, so that it is never 0 (Phipson and Smyth, SAGMB 9(1), 2010). With few queries all
 * exchanges are tried. The interval is the percentile bootstrap over queries (Efron and Tibshirani, "An Introduction to
 * the Bootstrap", 1993, chapter 13).
 *
 * Both reports must be of the same queries and have the metric, else `invalid-request`.
 */
export function compareRetrieval(
  a: RetrievalReport,
  b: RetrievalReport,
  options: CompareOptions = {},
): RetrievalComparison {
  const {
    metric = 'ndcg@10',
    permutations = 100_000,
    resamples = 10_000,
    confidence = 0.95,
    seed = 1,
  } = options;
  wholeNumber('permutations', permutations);
  wholeNumber('resamples', resamples);
  finiteNumber('confidence', confidence, { above: 0, most: 1 - Number.EPSILON });
  wholeNumber('seed', seed, { least: Number.MIN_SAFE_INTEGER });
  const differences = pairedDifferences(a, b, metric);
  const random = randomFrom(seed);
  const { pValue, exact } = randomizationTest(differences, permutations, random);
  const [low, high] = bootstrapInterval(differences, resamples, confidence, random);
  return {
    metric,
    a: { name: a.name, mean: meanOf(a.queries, metric) },
    b: { name: b.name, mean: meanOf(b.queries, metric) },
    difference: mean(differences),
    pValue,
    exact,
    interval: { confidence, low, high },
    queries: differences.length,
    wins: differences.filter((difference) => difference > 0).length,
    losses: differences.filter((difference) => difference < 0).length,
    ties: differences.filter((difference) => difference === 0).length,
    seed,
  };
}

function pairedDifferences(a: RetrievalReport, b: RetrievalReport, metric: string): number[] {
  const others = new Map(b.queries.map(({ id, metrics }) => [id, metrics]));
  if (a.queries.length !== b.queries.length || a.queries.some(({ id }) => !others.has(id))) {
    const message = `'${a.name}' and '${b.name}' were not measured on the same queries, so they cannot be compared in pairs.`;
    throw new MortiseError('invalid-request', message);
  }
  return a.queries.map(({ id, metrics }) => {
    const [before, after] = [metrics[metric], others.get(id)?.[metric]];
    if (before === undefined || after === undefined)
      throw new MortiseError(
        'invalid-request',
        `The reports do not have ${metric}. Name it in \`metrics\` of both runs.`,
      );
    return after - before;
  });
}

function randomizationTest(
  differences: readonly number[],
  permutations: number,
  random: () => number,
): { pValue: number; exact: boolean } {
  // Queries without a difference change no sum.
  const moving = differences.filter((difference) => difference !== 0);
  // Sums of the same numbers in another order differ in their last digits.
  const observed = Math.abs(sum(moving)) * (1 - 1e-9);
  // One draw holds 24 exchanges.
  const exact = moving.length <= 24 && 2 ** moving.length <= permutations;
  const trials = exact ? 2 ** moving.length : permutations;
  let asLarge = exact ? 0 : 1;
  for (let trial = 0; trial < trials; trial++) {
    let total = 0;
    let bits = 0;
    for (let at = 0; at < moving.length; at++) {
      if (at % 24 === 0) bits = exact ? trial : Math.floor(random() * 2 ** 24);
      total += (bits >>> (at % 24)) & 1 ? -(moving[at] as number) : (moving[at] as number);
    }
    if (Math.abs(total) >= observed) asLarge += 1;
  }
  return { pValue: asLarge / (exact ? trials : trials + 1), exact };
}

function bootstrapInterval(
  differences: readonly number[],
  resamples: number,
  confidence: number,
  random: () => number,
): [low: number, high: number] {
  const means = Float64Array.from({ length: resamples }, () => {
    let total = 0;
    for (let at = 0; at < differences.length; at++)
      total += differences[Math.floor(random() * differences.length)] as number;
    return total / differences.length;
  }).sort();
  const tail = (1 - confidence) / 2;
  const at = (part: number): number =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(part * (resamples - 1))))] as number;
  return [at(tail), at(1 - tail)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
