import type { SimilarityMode } from '@mortise/core/embedding';
import type { ConformanceCase, Suite } from '../frame/case.ts';
import type { SimilaritySubject } from './subject.ts';

type SimilarityCase = ConformanceCase<SimilaritySubject>;

const MODES: readonly SimilarityMode[] = ['cosine', 'dot', 'euclidean'];
const v = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

/** M-08. */
export const similaritySuite: Suite<SimilaritySubject> = [
  similarityCase(
    'similarity.values',
    'measures the angle, the product or the distance',
    ({ check, subject }) => {
      const found = MODES.map((mode) => subject.similarity(v(3, 4), v(4, -3), mode));
      const expected = [0, 0, -Math.sqrt(50)];
      MODES.forEach((mode, at) => check.ok(near(found[at], expected[at]), `${mode}: got ${found[at]}`));
      const same = MODES.map((mode) => subject.similarity(v(3, 4), v(6, 8), mode));
      [1, 50, -5].forEach((right, at) => check.ok(near(same[at], right), `${MODES[at]}: got ${same[at]}`));
    },
  ),
  similarityCase(
    'similarity.order',
    'is higher for what is more alike, in every mode',
    ({ check, subject }) => {
      for (const mode of MODES) {
        const [near, far] = [v(0.9, 0.1), v(-0.5, 0.5)].map((b) => subject.similarity(v(1, 0), b, mode));
        check.ok(
          (near as number) > (far as number),
          `${mode}: ${near} for the near one, ${far} for the far one`,
        );
      }
    },
  ),
  similarityCase('similarity.zero', 'gives 0 for a zero vector, never NaN', ({ check, subject }) => {
    const zero = v(0, 0);
    check.equal(subject.similarity(zero, v(1, 2), 'cosine'), 0, 'cosine with a zero vector');
    check.equal(subject.similarity(zero, zero, 'cosine'), 0, 'cosine of two zero vectors');
    check.equal(subject.similarity(zero, zero, 'euclidean'), 0, 'the distance of two zero vectors');
  }),
  similarityCase('similarity.length', 'refuses vectors of different lengths', async ({ check, subject }) => {
    for (const mode of MODES) {
      const measured = async (): Promise<number> => subject.similarity(v(1, 2), v(1, 2, 3), mode);
      await check.error(measured(), 'invalid-request', mode);
    }
  }),
];

function similarityCase(
  id: string,
  title: string,
  run: (context: Parameters<SimilarityCase['run']>[0]) => void | Promise<void>,
): SimilarityCase {
  return { id, rule: 'M-08', title, requires: [], run: async (context) => run(context) };
}

function near(actual: number | undefined, expected: number | undefined): boolean {
  return Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN)) < 1e-6;
}
