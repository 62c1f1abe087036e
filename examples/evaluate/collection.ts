import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createDocument, type Document } from '@mortise/core/retriever';
import type { EvaluationCollection, EvaluationQuery } from '@mortise/rag';
import { EvaluateError } from './failure.ts';
import { idIn, jsonLines, lines, textIn, type Line } from './lines.ts';

/** A collection as BEIR lays it out, read and checked. */
export interface Collection extends EvaluationCollection {
  readonly name: string;
  /** Those that have text. */
  readonly documents: readonly Document[];
  /** Ids of documents without text, which nothing can find. */
  readonly withoutText: readonly string[];
  /** Judgements of documents or queries that are not there. The documents still count as not found. */
  readonly strayJudgements: number;
}

const JUDGEMENTS = ['qrels.jsonl', 'qrels.tsv', 'qrels/test.tsv'];

/** Reads a folder with `corpus.jsonl`, `queries.jsonl` and judgements; what is wrong names its file and line. */
export async function readCollection(folder: string): Promise<Collection> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new EvaluateError(`there is no folder ${folder}`, 'Check --collection.');
  const judged = JUDGEMENTS.find((name) => existsSync(join(folder, name)));
  if (judged === undefined)
    throw new EvaluateError(`${folder} has no judgements`, `Add ${JUDGEMENTS.join(', or ')}.`);

  const all = await readDocuments(join(folder, 'corpus.jsonl'));
  const queries = await readQueries(join(folder, 'queries.jsonl'));
  const judgements = await readJudgements(join(folder, judged));
  const documentIds = new Set(all.map(({ id }) => id));
  const queryIds = new Set(queries.map(({ id }) => id));
  const blank = queries.find(({ id, query }) => query === '' && judgements.has(id));
  if (blank !== undefined)
    throw new EvaluateError(
      `the query "${blank.id}" is judged and has no text`,
      'Write its text, or take it out.',
    );
  let strayJudgements = 0;
  for (const [query, grades] of judgements)
    for (const document of grades.keys())
      if (!queryIds.has(query) || !documentIds.has(document)) strayJudgements += 1;
  return {
    name: basename(folder),
    documents: all.filter(({ text }) => text !== ''),
    withoutText: all.filter(({ text }) => text === '').map(({ id }) => id),
    queries,
    judgements,
    strayJudgements,
  };
}

async function readDocuments(file: string): Promise<Document[]> {
  const documents = new Map<string, Document>();
  for await (const line of jsonLines(file)) {
    const id = unique(idIn(line, '_id'), documents, line);
    const title = textIn(line, 'title');
    const body = textIn(line, 'text');
    // Some collections repeat the title as the first sentence of the text: it shall not count twice.
    const text = body.startsWith(title) ? body : `${title}\n\n${body}`.trim();
    documents.set(id, createDocument({ id, text }));
  }
  if (documents.size === 0) throw new EvaluateError(`${file} has no document`, 'Write one a line.');
  return [...documents.values()];
}

async function readQueries(file: string): Promise<EvaluationQuery[]> {
  const queries = new Map<string, EvaluationQuery>();
  for await (const line of jsonLines(file)) {
    const id = unique(idIn(line, '_id'), queries, line);
    queries.set(id, { id, query: textIn(line, 'text') });
  }
  return [...queries.values()];
}

/** Grades by document, by query. */
async function readJudgements(file: string): Promise<Map<string, Map<string, number>>> {
  const judgements = new Map<string, Map<string, number>>();
  const rows = file.endsWith('.tsv') ? tabbedJudgements(file) : jsonJudgements(file);
  for await (const { query, document, score, place } of rows) {
    const grade = Number(score);
    if (score === undefined || score === '' || !Number.isFinite(grade))
      throw new EvaluateError(`${place}: the score is no number`, 'Above 0 is relevant, 0 is not.');
    const grades = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, grades.set(document, grade));
  }
  return judgements;
}

interface Judgement {
  readonly query: string;
  readonly document: string;
  readonly score: unknown;
  readonly place: string;
}

async function* jsonJudgements(file: string): AsyncGenerator<Judgement> {
  for await (const line of jsonLines(file)) {
    const [query, document] = [idIn(line, 'query-id'), idIn(line, 'corpus-id')];
    yield { query, document, score: line.value['score'], place: line.place };
  }
}

async function* tabbedJudgements(file: string): AsyncGenerator<Judgement> {
  for await (const { text, place } of lines(file)) {
    const [query = '', document = '', score, ...more] = text.split('\t').map((cell) => cell.trim());
    if (query === 'query-id') continue;
    if (query === '' || document === '' || more.length > 0)
      throw new EvaluateError(
        `${place} has no three columns`,
        'They are query-id, corpus-id and score, by tabs.',
      );
    yield { query, document, score, place };
  }
}

function unique(id: string, known: ReadonlyMap<string, unknown>, { place }: Line): string {
  if (!known.has(id)) return id;
  throw new EvaluateError(`${place}: the id "${id}" stands on an earlier line too`, 'Give each its own.');
}
