import { BM25_DEFAULTS } from '@mortise/core/store';
import { plainText } from './encode.ts';
import type { Values } from './filter-sql.ts';

/** What is searched by words, where, and under which condition. */
export interface WordSearch {
  /** `"mortise"."vectors"`. */
  readonly table: string;
  readonly language: string;
  readonly question: string;
  /** SQL; undefined where every node may be found. */
  readonly condition: string | undefined;
  /** How many are found, as a parameter. */
  readonly depth: string;
}

/** Of a question: who asks more has pasted a book. */
const LONGEST_QUESTION = 20_000;
/** What 1/1² + 1/2² + 1/3² and so on comes to. */
const SQUARES = 1.64493406685;

/**
 * The best `words` by BM25 (see `BM25Index` of `@mortise/rag`), as parts of a `WITH`: any of the question's words, as the
 * language cuts and stems them, each once. A node is as long as it has different words, and the mean is that of the nodes that
 * have one of them. What the question holds is never read as syntax: it is made a vector of words first, and the text of
 * one of them is quoted as a query is.
 */
export function wordsSql(
  { table, language, question, condition, depth }: WordSearch,
  values: Values,
): string[] {
  const asked = `to_tsvector(${values.bind(language, 'text')}::regconfig, ${values.bind(plainText(question, LONGEST_QUESTION), 'text')})`;
  // How rare a word is does not hang on the filter.
  const holding =
    condition === undefined
      ? 'SELECT place, count(*) AS holding FROM held GROUP BY place'
      : `SELECT place, (SELECT count(*) FROM ${table} WHERE words @@ word) AS holding FROM asked`;
  const { k1, b } = BM25_DEFAULTS;
  return [
    `asked AS MATERIALIZED (
  SELECT place, array_to_tsvector(ARRAY[lexeme])::text::tsquery AS word
  FROM unnest(${asked}) WITH ORDINALITY AS question (lexeme, positions, weights, place))`,
    `held AS MATERIALIZED (
  SELECT id, place, length(words)::float8 AS length, ${timesSql('words', 'word')} AS times
  FROM asked JOIN ${table} ON words @@ word WHERE ${condition ?? 'true'})`,
    `weighed AS MATERIALIZED (
  SELECT place, ln(1 + (greatest(nodes - holding, 0) + 0.5) / (holding + 0.5)) AS weight
  FROM (${holding}) AS each, ${countSql(table)} AS together (nodes))`,
    `words AS MATERIALIZED (
  SELECT id, sum(weight * ${k1 + 1} * times / (times + ${k1} * (${1 - b} + ${b} * length / mean))) AS score
  FROM held JOIN weighed USING (place), (SELECT avg(length) AS mean FROM (SELECT DISTINCT id, length FROM held) AS found) AS typical
  GROUP BY id ORDER BY score DESC, id LIMIT ${depth})`,
  ];
}

/**
 * How often a word stands in a vector of words. The rank of one word of weight 1 is the part of {@link SQUARES} that its first
 * so many terms make, and the rest of that sum is next to 1 / (times + 1/2). To unnest the vector would take ten times as long.
 */
function timesSql(words: string, word: string): string {
  return `round(1 / greatest(1e-3, ${SQUARES} * (1 - ts_rank('{1,1,1,1}', ${words}, ${word}))) - 0.5)`;
}

/** How many nodes there are: as the planner guesses it where there are statistics, since to count all takes too long. */
function countSql(table: string): string {
  return `(
    SELECT CASE WHEN reltuples > 0 AND relpages > 0
      THEN reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::int)
      ELSE (SELECT count(*) FROM ${table}) END
    FROM pg_class WHERE oid = '${table}'::regclass)`;
}
