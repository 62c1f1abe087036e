import type { Connection, Table } from '@lancedb/lancedb';
import type { Schema } from 'apache-arrow';
import { MortiseError } from '@mortise/core';
import { isConflict, isMissingTable, isPresent } from './errors.ts';
import type { Library } from './library.ts';
import { schemaOf } from './rows.ts';

/** The table as it is open, and what is settled by it. */
export interface OpenTable {
  readonly table: Table;
  readonly schema: Schema;
  readonly dimensions: number;
}

/** Those whose words LanceDB can stem. */
export const LANGUAGES = [
  'Arabic',
  'Danish',
  'Dutch',
  'English',
  'Finnish',
  'French',
  'German',
  'Greek',
  'Hungarian',
  'Italian',
  'Norwegian',
  'Portuguese',
  'Romanian',
  'Russian',
  'Spanish',
  'Swedish',
  'Tamil',
  'Turkish',
] as const;

/** A language whose words LanceDB can stem. */
export type Language = (typeof LANGUAGES)[number];

/** What a table is made with. */
export interface Layout {
  readonly name: string;
  /** For messages. */
  readonly place: string;
  readonly language: Language;
}

/** The layout of the columns. A table with a higher number was written by a later version. */
const LAYOUT = 1;
const LAYOUT_KEY = 'mortise:layout';
const LANGUAGE_KEY = 'mortise:language';
const WORDS_INDEX = 'text_idx';

/** The table; undefined where there is none. */
export async function openTable(
  library: Library,
  connection: Connection,
  layout: Layout,
): Promise<OpenTable | undefined> {
  let table: Table;
  try {
    table = await connection.openTable(layout.name);
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
  try {
    const dimensions = checkedDimensions(await table.schema(), layout);
    await ensureWords(library, table, layout);
    return { table, dimensions, schema: ourSchema(library, dimensions, layout) };
  } catch (error) {
    table.close();
    throw error;
  }
}

/** The table, made if it is not there: another process may make it at the same time. */
export async function createTable(
  library: Library,
  connection: Connection,
  layout: Layout,
  dimensions: number,
): Promise<OpenTable> {
  const schema = ourSchema(library, dimensions, layout);
  try {
    const table = await connection.createEmptyTable(layout.name, schema);
    await putBack(table);
    await ensureWords(library, table, layout);
    return { table, dimensions, schema };
  } catch (error) {
    const opened = isPresent(error) ? await openTable(library, connection, layout) : undefined;
    if (opened === undefined) throw error;
    return opened;
  }
}

/**
 * LanceDB looks whether there is a table, and later writes over one that came in between. So where this is not the first
 * version, what earlier ones held and this one lacks is written again, the latest of each.
 */
async function putBack(table: Table): Promise<void> {
  for (let version = (await table.version()) - 1; version >= 1; version--) {
    await table.checkout(version);
    const held = await table.toArrow();
    await table.checkoutLatest();
    if (held.numRows > 0) await table.mergeInsert('id').whenNotMatchedInsertAll().execute(held);
  }
}

function ourSchema(library: Library, dimensions: number, { language }: Layout): Schema {
  const metadata = new Map([
    [LAYOUT_KEY, String(LAYOUT)],
    [LANGUAGE_KEY, language],
  ]);
  return schemaOf(library, dimensions, metadata);
}

function checkedDimensions(schema: Schema, { place, name, language }: Layout): number {
  const written = Number(schema.metadata.get(LAYOUT_KEY) ?? Number.NaN);
  const vector = schema.fields.find((field) => field.name === 'vector')?.type as
    | { readonly listSize?: number }
    | undefined;
  const dimensions = vector?.listSize;
  if (!Number.isInteger(written) || dimensions === undefined)
    throw new MortiseError(
      'configuration',
      `The table '${name}' of ${place} was not made by @mortise/lancedb. Give another \`table\`.`,
    );
  if (written > LAYOUT) {
    const message = `The table '${name}' of ${place} was written by a later version of @mortise/lancedb (layout ${written}). Update the package, or take another \`table\`.`;
    throw new MortiseError('configuration', message);
  }
  const spoken = schema.metadata.get(LANGUAGE_KEY);
  if (spoken !== language) {
    const message = `The table '${name}' of ${place} has its words in ${spoken}, not ${language}. Give that \`language\`, or another \`table\`.`;
    throw new MortiseError('configuration', message);
  }
  return dimensions;
}

/** The index of words is made with the table; a kill between the two leaves a table without. */
async function ensureWords({ lancedb }: Library, table: Table, { language }: Layout): Promise<void> {
  const hasWords = async (): Promise<boolean> => (await table.indexStats(WORDS_INDEX)) !== undefined;
  if (await hasWords()) return;
  const config = lancedb.Index.fts({ language, withPosition: false, asciiFolding: true });
  try {
    await table.createIndex('text', { config, replace: false });
  } catch (error) {
    // Another process was first.
    if (!isConflict(error) && !isPresent(error)) throw error;
    if (!(await hasWords())) throw error;
  }
}
