/**
 * Ourselves and everybody else on the same work, in one run: `main.ts [NAME…] [--rounds N] [--list]`. Without names everything is
 * measured, and RESULTS.md, results.json and the plots are written; with names it is only shown. The exit code is 1 where a promise
 * is not kept.
 */
import { parseArgs } from 'node:util';
import { write } from './run/page.ts';
import { table } from './run/table.ts';
import { ratioOf, type Row, type Work } from './run/work.ts';
import { works as agent } from './works/agent.ts';
import { works as calls } from './works/calls.ts';
import { works as embeddings } from './works/embeddings.ts';
import { works as json } from './works/json.ts';
import { works as memory } from './works/memory.ts';
import { works as rag } from './works/rag.ts';
import { works as splitting } from './works/splitting.ts';
import { works as start } from './works/start.ts';
import { works as stream } from './works/stream.ts';
import { works as structured } from './works/structured.ts';
import { works as vectors } from './works/vectors.ts';

const ALL: readonly Work[] = [
  ...stream,
  ...calls,
  ...embeddings,
  ...json,
  ...structured,
  ...splitting,
  ...rag,
  ...vectors,
  ...agent,
  ...start,
  ...memory,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, list: { type: 'boolean', default: false } },
});

async function main(): Promise<number> {
  if (values.list) {
    for (const { name, title } of ALL) console.log(`${name.padEnd(18)} ${title}`);
    return 0;
  }
  const unknown = positionals.filter((name) => !ALL.some((work) => work.name === name));
  if (unknown.length > 0) {
    console.error(`There is no ${unknown.join(', ')}; --list names them all.`);
    return 2;
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isSafeInteger(rounds) && rounds > 0)) {
    console.error('--rounds is a whole number from 1.');
    return 2;
  }
  const chosen = ALL.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const results: { work: Work; rows: readonly Row[] }[] = [];
  for (const [at, work] of chosen.entries()) {
    console.error(`${at + 1} of ${chosen.length}: ${work.name}`);
    const rows = await work.measure(rounds);
    results.push({ work, rows });
    console.log(`\n### ${work.title}\n\n${table(work, rows)}`);
  }
  if (positionals.length === 0) await write(results);
  const broken = results.flatMap(({ work, rows }) =>
    (work.limits ?? []).flatMap((limit) => {
      const ratio = ratioOf(rows, limit);
      return ratio === undefined || ratio <= limit.atMost ? [] : [{ work, limit, ratio }];
    }),
  );
  for (const { work, limit, ratio } of broken)
    console.log(
      `${work.name}: ${limit.of} is ${ratio.toFixed(2)} by ${limit.by}${limit.to === undefined ? '' : ` of ${limit.to}`}, promised ${limit.atMost}`,
    );
  return broken.length > 0 ? 1 : 0;
}

process.exitCode = await main();
