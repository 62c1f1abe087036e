/**
 * The LLM suite on the raw `openai` SDK, LangChain's `ChatOpenAI` and the AI SDK's `openai()`, each behind an adapter as
 * thin as can be, and on `@mortise/openai`: which cases each passes, and why it fails the others. `--write` puts the
 * tables into docs/comparison.md; `--why` prints every failure; `--only NAME` and `--case ID` run a part.
 */
import { parseArgs } from 'node:util';
import { counted } from './cases.ts';
import { contenders } from './contenders.ts';
import { writePage, type Results } from './page.ts';
import { failuresOf } from './pool.ts';

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean' },
    why: { type: 'boolean' },
    only: { type: 'string' },
    case: { type: 'string' },
  },
});
const ids = counted.map(({ id }) => id).filter((id) => options.case === undefined || id === options.case);

const results: Results[number][] = [];
for (const { name } of contenders) {
  if (options.only !== undefined && name !== options.only) continue;
  const began = performance.now();
  const failures = await failuresOf(name, ids);
  results.push([name, failures]);
  console.log(
    `${name}: ${ids.length - failures.size} of ${ids.length}, ${Math.round((performance.now() - began) / 1_000)} s`,
  );
  if (options.why === true)
    for (const [id, why] of failures) console.log(`  ${id}: ${why.replaceAll(/\s+/g, ' ').slice(0, 220)}`);
}
if (options.write === true) {
  if (options.only !== undefined || options.case !== undefined)
    throw new Error('The page takes a whole run: leave out --only and --case.');
  writePage(results);
}
