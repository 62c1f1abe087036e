import { MortiseError } from '@mortise/core';

/** Grades by document id. Above 0 is relevant, more is better; 0, below and absent are not relevant. */
export type Judgements = ReadonlyMap<string, number>;

/** Measures of one ranking, each within its first k places. */
export type MetricName = 'ndcg' | 'recall' | 'precision' | 'mrr' | 'map' | 'hit-rate';

/** A measure and how many places it looks at, such as `ndcg@10`. */
export type RetrievalMetric = `${MetricName}@${number}`;

/**
 * What a grade is worth: the grade itself, as in trec_eval, BEIR and Järvelin and Kekäläinen ("Cumulated gain-based
 * evaluation of IR techniques", TOIS 20(4), 2002), or 2 to its power less 1, as in Burges et al. (ICML 2005). For grades
 * of 0 and 1 they are the same.
 */
export type Gain = 'linear' | 'exponential';

/**
 * Measures of a ranking of ids, best first. An id that comes again counts at its first place only. Rankings that hold
 * nothing relevant, empty ones included, score 0. Definitions as in trec_eval:
 *
 * - `ndcg`: gains discounted by log2(place + 1), over those of the best ranking there is.
 * - `recall`: the part of all relevant documents that was found.
 * - `precision`: the part of k places that is relevant, also where fewer were filled.
 * - `mrr`: 1 / place of the first relevant one.
 * - `map`: the mean of the precision at each relevant one, those that were not found counting 0.
 * - `hit-rate`: 1 when a relevant one was found.
 *
 * Without a relevant document nothing can be measured: that is `invalid-request`.
 */
export function measureRanking(
  ranking: readonly string[],
  judgements: Judgements,
  metric: RetrievalMetric,
  gain: Gain = 'linear',
): number {
  const { name, k } = parseMetric(metric);
  const relevant = [...judgements.values()].filter((grade) => grade > 0);
  if (relevant.length === 0)
    throw new MortiseError('invalid-request', 'A query without a relevant document cannot be measured.');
  const grades = [...new Set(ranking)].slice(0, k).map((id) => Math.max(0, judgements.get(id) ?? 0));
  const found = grades.filter((grade) => grade > 0).length;
  switch (name) {
    case 'ndcg':
      return discounted(grades, gain) / discounted(relevant.toSorted((a, b) => b - a).slice(0, k), gain);
    case 'recall':
      return found / relevant.length;
    case 'precision':
      return found / k;
    case 'mrr':
      return found === 0 ? 0 : 1 / (grades.findIndex((grade) => grade > 0) + 1);
    case 'map':
      return averagePrecision(grades) / relevant.length;
    case 'hit-rate':
      return found > 0 ? 1 : 0;
  }
}

const NAMES: readonly string[] = [
  'ndcg',
  'recall',
  'precision',
  'mrr',
  'map',
  'hit-rate',
] satisfies MetricName[];

/** Throws `configuration` for an unknown measure. */
export function parseMetric(metric: string): { readonly name: MetricName; readonly k: number } {
  const [, name = '', digits = ''] = /^([a-z-]+)@([1-9]\d{0,8})$/.exec(metric) ?? [];
  if (NAMES.includes(name)) return { name: name as MetricName, k: Number(digits) };
  const message = `'${metric}' is not a measure of retrieval. Write one of ${NAMES.join(', ')}, @ and how many places, such as ndcg@10.`;
  throw new MortiseError('configuration', message);
}

function discounted(grades: readonly number[], gain: Gain): number {
  return grades.reduce((sum, grade, at) => sum + worth(grade, gain) / Math.log2(at + 2), 0);
}

function worth(grade: number, gain: Gain): number {
  return gain === 'linear' ? grade : 2 ** grade - 1;
}

function averagePrecision(grades: readonly number[]): number {
  let found = 0;
  let sum = 0;
  for (const [at, grade] of grades.entries()) {
    if (grade <= 0) continue;
    found += 1;
    sum += found / (at + 1);
  }
  return sum;
}
