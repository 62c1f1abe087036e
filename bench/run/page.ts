import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { plot } from './plot.ts';
import { table } from './table.ts';
import type { Figure, Row, Work } from './work.ts';

const FOLDER = join(import.meta.dirname, '..');
const PEERS = [
  'openai',
  'langchain',
  '@langchain/core',
  '@langchain/openai',
  '@langchain/classic',
  '@langchain/textsplitters',
  'ai',
  '@ai-sdk/openai',
  'jsonriver',
  'usearch',
  'sqlite-vec',
];

/** RESULTS.md with a plot a work, and the figures as results.json. */
export async function write(results: readonly { work: Work; rows: readonly Row[] }[]): Promise<void> {
  const manifest = JSON.parse(await readFile(join(FOLDER, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const versions = PEERS.flatMap((name) => {
    const version = manifest.devDependencies[name];
    return version === undefined ? [] : `\`${name}\` ${version}`;
  });
  const about = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${process.platform} ${process.arch}, ${availableParallelism()} processors, ${cpus()[0]?.model ?? ''}`,
  };
  await rm(join(FOLDER, 'plots'), { recursive: true, force: true });
  await mkdir(join(FOLDER, 'plots'));
  const sections: string[] = [];
  for (const { work, rows } of results) {
    const by = figureOf(work, rows);
    await writeFile(join(FOLDER, 'plots', `${work.name}.svg`), plot(work, rows, by));
    sections.push(
      `## ${work.title}\n\n${work.about}\n\n![${work.title}](plots/${work.name}.svg)\n\n${table(work, rows)}\n`,
    );
  }
  await writeFile(
    join(FOLDER, 'RESULTS.md'),
    `# Results\n\nWritten by \`pnpm bench\` on ${about.date}: Node ${about.node}, ${about.machine}. Peers: ${versions.join(', ')}. Mortise is built from this tree.\n\nEach contender has a process of its own, and they take turns; figures are medians, and what comes out is compared. The server stands in another process, and its time counts for nobody.\n\n${sections.join('\n')}`,
  );
  const figures = results.map(({ work: { name, title }, rows }) => ({ name, title, rows }));
  await writeFile(
    join(FOLDER, 'results.json'),
    `${JSON.stringify({ ...about, works: figures }, undefined, 2)}\n`,
  );
}

/** What the promise is about; else the time. */
function figureOf(work: Work, rows: readonly Row[]): Figure {
  const by = work.limits?.[0]?.by ?? (rows[0]?.ms === undefined ? 'kB' : 'ms');
  return by;
}
