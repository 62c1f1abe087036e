import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { CACHE, figuresOf, measure, type Measured } from './measure.ts';

/** `tune` or `check` for one half; default: all. */
const [half] = process.argv.slice(2);

const all = await measure(new EnergeticAIEmbedding(), CACHE);
const measured = all.filter(({ split }) => half === undefined || split === half);

for (const row of measured) console.log(describe(row));

const answerable = measured.filter(({ expected }) => expected !== undefined).length;
const unanswerable = measured.length - answerable;
const { rightFirst, answerableRefused, unanswerableRefused, phraseGiven } = figuresOf(measured);
console.log(`
right source first       ${rightFirst} of ${answerable}  (goal: 17 of 20)
unanswerable refused     ${unanswerableRefused} of ${unanswerable}  (goal: 18 of 20)
answerable refused       ${answerableRefused} of ${answerable}  (goal: at most 2 of 20)
phrase among the sources ${phraseGiven} of ${answerable}`);

function describe({ question, split, expected, first, refused, coverage, similarity }: Measured): string {
  const isRight = expected === undefined ? refused : expected === first;
  const outcome = refused ? 'refused' : (first ?? '');
  const numbers = `${coverage.toFixed(2)} ${similarity.toFixed(2)}`;
  return `${isRight ? 'ok   ' : 'WRONG'} ${split} ${numbers} ${outcome.padEnd(36)} ${question}`;
}
