/**
 * `@mortise/postgres` on PGlite beside SQL written by hand, on the same 100,000 vectors of 384 dimensions and in one run: upserts,
 * exact searches, those with a filter that keeps 1 in 1,000, along a graph, and by words and vectors. Ids are checked to be
 * the same; 1.15 of the CPU time is the limit, since PGlite runs in this process. `ROWS=10000` for fewer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createTextNode } from '@mortise/core';
import type { VectorEntry, VectorQuery } from '@mortise/core/store';
import { PostgresVectorStore } from '@mortise/postgres';
import { compare, table, type Contender } from './measure.ts';

const ROWS = Number(process.env['ROWS'] ?? 100_000);
const DIMENSIONS = 384;
const TOP = 10;
const QUERIES = 5;
const ROUNDS = 5;
const LIMIT = 1.15;
const VECTORS = '"mortise"."vectors"';

let state = 11;
/** From -1 to 1, the same at every run. */
const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
const upTo = (count: number): number => Math.floor(((next() + 1) / 2) * count) % count;

const centres = Array.from({ length: 500 }, () => Float32Array.from({ length: DIMENSIONS }, next));
/** Around one of 500 centres, as the vectors of texts are, of length 1. */
function point(): Float32Array {
  const vector = centres[upTo(500)]!.map((x) => x + next());
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}
/** Few words are frequent, many are rare. */
const word = (): string => `word${Math.floor(((next() + 1) / 2) ** 3 * 20_000)}`;
const words = (count: number): string => Array.from({ length: count }, word).join(' ');
const entryOf = (row: number): VectorEntry => {
  const metadata = { row, rare: row % 1000 === 0 };
  return { node: createTextNode({ id: `${row}`, text: words(60), metadata }), embedding: point() };
};
const queries = Array.from({ length: QUERIES }, () => ({ embedding: point(), text: words(5) }));
const textOf = (embedding: Float32Array): string => `[${embedding.join(',')}]`;

const folder = mkdtempSync(join(tmpdir(), 'mortise-bench-'));
const client = await PGlite.create(folder, { extensions: { vector } });
const options = { client, dimensions: DIMENSIONS, indexedKeys: ['rare'] };
const store = new PostgresVectorStore(options);
await client.exec(`CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE bare (id text COLLATE "C" PRIMARY KEY, node text, metadata jsonb, words tsvector, embedding vector(${DIMENSIONS}));
  CREATE INDEX ON bare USING gin (words);
  CREATE INDEX ON bare USING gin ((metadata -> 'rare') jsonb_path_ops)`);

async function bareUpsert(entries: readonly VectorEntry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += 256) {
    const values: unknown[] = [];
    const tuples = entries.slice(at, at + 256).map(({ node, embedding }) => {
      const first = values.push(
        node.id,
        JSON.stringify(node),
        JSON.stringify(node.metadata),
        node.text,
        textOf(embedding),
      );
      const place = (back: number): string => `$${first - back}`;
      return `(${place(4)}, ${place(3)}, (${place(2)}::text)::jsonb, to_tsvector('english', ${place(1)}), (${place(0)}::text)::vector)`;
    });
    await client.query(
      `INSERT INTO bare VALUES ${tuples.join(', ')} ON CONFLICT (id) DO UPDATE SET node = excluded.node,
        metadata = excluded.metadata, words = excluded.words, embedding = excluded.embedding`,
      values,
    );
  }
}

/** CPU time in milliseconds. */
async function timed(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const ratios: [what: string, ratio: number][] = [];
const upserts = { ours: 0, bare: 0 };
await store.upsert([entryOf(0)]);
for (let row = 0; row < ROWS; row += 1000) {
  const batch = Array.from({ length: Math.min(1000, ROWS - row) }, (_, at) => entryOf(row + at));
  const ours = (): Promise<void> => store.upsert(batch);
  // In turn, so that neither comes first always.
  if (row % 2000 === 0) upserts.ours += await timed(ours);
  upserts.bare += await timed(() => bareUpsert(batch));
  if (row % 2000 !== 0) upserts.ours += await timed(ours);
}
console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${ROWS} x ${DIMENSIONS} on PGlite`,
);
console.log(
  `upserts a second of CPU time: ${Math.round((ROWS / upserts.ours) * 1000)}, by hand ${Math.round((ROWS / upserts.bare) * 1000)}`,
);
ratios.push(['upsert', upserts.ours / upserts.bare]);
await client.exec(`DROP TABLE bare; ANALYZE ${VECTORS}`);

type Ask = (typeof queries)[number];
/** Each query so often in a round: what takes milliseconds is not told from noise otherwise. */
let times = 1;
const bySql = (text: string, values: (ask: Ask) => unknown[]) => async (): Promise<string> => {
  let all: string[] = [];
  for (let time = 0; time < times; time++) {
    all = [];
    for (const ask of queries) {
      const { rows } = await client.query<{ id: string; node: string }>(text, values(ask));
      all.push(rows.map(({ node }) => (JSON.parse(node) as { id: string }).id).join());
    }
  }
  return all.join(' ');
};
const byStore = (asked: PostgresVectorStore, query: Partial<VectorQuery>) => async (): Promise<string> => {
  let all: string[] = [];
  for (let time = 0; time < times; time++) {
    all = [];
    for (const ask of queries) {
      const found = await asked.query({ ...ask, topK: TOP, ...query });
      all.push(found.map(({ node }) => node.id).join());
    }
  }
  return all.join(' ');
};

/** What is searched for, ours and by hand. */
async function measure(what: string, ours: Contender['run'], bare: Contender['run']): Promise<void> {
  const contenders = [
    { name: 'SQL by hand', run: bare },
    { name: '@mortise/postgres', run: ours },
  ];
  const [base, own] = await compare(contenders, ROUNDS);
  console.log(table(`${QUERIES * times} searches: ${what}`, [base!, own!]));
  ratios.push([what, own!.cpuMs / base!.cpuMs]);
}

const NEAR = (where: string, by: string): string =>
  `SELECT id, node, -(embedding <#> ($1::text)::vector) AS score FROM ${VECTORS} ${where} ORDER BY ${by} LIMIT ${TOP}`;
/** The graph's order, and one that the graph does not have. */
const ALONG = 'embedding <#> ($1::text)::vector';
const EXACT = 'score DESC, id';
const RARE = `WHERE (metadata -> 'rare') @> 'true'`;
const rare = { key: 'rare', op: '==', value: true } as const;
const byVector = ({ embedding }: Ask): unknown[] => [textOf(embedding)];
const byBoth = ({ embedding, text }: Ask): unknown[] => [textOf(embedding), text];
const SCALED = (list: string): string => `SELECT id, 0.5 * (score - min(score) OVER ()) /
  nullif(max(score) OVER () - min(score) OVER (), 0) AS part FROM ${list}`;
/** Two lists of 1,000, by vector and by BM25, fused by relative scores. */
const HYBRID = (by: string): string => `WITH near AS MATERIALIZED (
  SELECT id, -(embedding <#> ($1::text)::vector) AS score FROM ${VECTORS} ORDER BY ${by} LIMIT 1000),
asked AS MATERIALIZED (SELECT lexeme, quote_literal(lexeme)::tsquery AS word FROM unnest(to_tsvector('english', $2))),
held AS MATERIALIZED (
  SELECT id, lexeme, length(words)::float8 AS length,
    round(1 / (1.64493406685 * (1.0001 - ts_rank('{1,1,1,1}', words, word))) - 0.5) AS times
  FROM asked JOIN ${VECTORS} ON words @@ word),
weighed AS (SELECT lexeme, ln(1 + (${ROWS} - count(*) + 0.5) / (count(*) + 0.5)) AS weight FROM held GROUP BY lexeme),
words AS MATERIALIZED (
  SELECT id, sum(weight * 2.2 * times / (times + 1.2 * (0.25 + 0.75 * length / mean))) AS score
  FROM held JOIN weighed USING (lexeme),
    (SELECT avg(length) AS mean FROM (SELECT DISTINCT id, length FROM held) AS found) AS typical
  GROUP BY id ORDER BY score DESC, id LIMIT 1000),
fused AS (SELECT id, sum(part) AS score FROM (${SCALED('near')} UNION ALL ${SCALED('words')}) AS parts GROUP BY id)
SELECT id, node FROM (SELECT id, score FROM fused ORDER BY score DESC, id LIMIT ${TOP}) AS found JOIN ${VECTORS} USING (id)
ORDER BY score DESC, id`;

await measure('exact', byStore(store, {}), bySql(NEAR('', EXACT), byVector));
await measure('exact, 1 in 1,000', byStore(store, { filter: rare }), bySql(NEAR(RARE, EXACT), byVector));
await measure('hybrid, exact', byStore(store, { mode: 'hybrid' }), bySql(HYBRID(EXACT), byBoth));

await client.exec(`SET maintenance_work_mem = '600MB'`);
const graph = new PostgresVectorStore({ ...options, index: 'hnsw' });
const built = await timed(async () => void (await graph.query({ ...queries[0]!, topK: 1 })));
console.log(`\nthe graph was built in ${Math.round(built / 1000)} s of CPU time`);
await client.exec(`SET hnsw.iterative_scan = 'strict_order'; SET hnsw.ef_search = 40`);
times = 40;
await measure('along the graph', byStore(graph, {}), bySql(NEAR('', ALONG), byVector));
await measure(
  'along the graph, 1 in 1,000',
  byStore(graph, { filter: rare }),
  bySql(NEAR(RARE, ALONG), byVector),
);
times = 1;
await measure('hybrid along the graph', byStore(graph, { mode: 'hybrid' }), bySql(HYBRID(ALONG), byBoth));

const listed = {
  key: 'row',
  op: 'in',
  value: Array.from({ length: Math.floor(ROWS / 1000) }, (_, at) => at * 1000 + 7),
} as const;
for (const [what, filter] of [
  ['all', undefined],
  ['1 in 1,000', rare],
  ['1 in 1,000 by a key without an index', listed],
] as const) {
  const [found, truth] = await Promise.all([byStore(graph, { filter })(), byStore(store, { filter })()]);
  const nearest = truth.split(' ').map((list) => new Set(list.split(',')));
  const wanted = nearest.reduce((sum, each) => sum + each.size, 0);
  const hits = found.split(' ').flatMap((list, at) => list.split(',').filter((id) => nearest[at]!.has(id)));
  console.log(`recall@${TOP} along the graph, ${what}: ${(hits.length / wanted).toFixed(3)}`);
}
await client.close();
rmSync(folder, { recursive: true, force: true });

for (const [what, ratio] of ratios) {
  console.log(`${what}: ${ratio.toFixed(2)}, limit ${LIMIT}: ${ratio <= LIMIT ? 'kept' : 'MISSED'}`);
  if (ratio > LIMIT) process.exitCode = 1;
}
