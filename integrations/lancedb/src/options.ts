import { MortiseError } from '@mortise/core';
import { checkOptions, oneOf, wholeNumber } from '@mortise/core/shared';
import { LANGUAGES, type Language, type Layout } from './database.ts';
import type { IndexKind } from './optimize.ts';

export interface LanceDbVectorStoreOptions {
  /** A folder, made at the first call, or a place such as `s3://bucket/folder`, `gs://...` or `az://...`. */
  uri: string;
  /** Of letters, digits, `_`, `-` and `.`. Default: `mortise_vectors`. */
  table?: string | undefined;
  /** Of the vectors. Another length in the table is `configuration`. Default: that of the table, or of the first entry. */
  dimensions?: number | undefined;
  /**
   * `exact` compares with every vector that the filter lets pass. `hnsw` goes along a graph over vectors in 8 bits, which
   * `optimize` builds: a search finds most of the nearest, and all that a filter lets pass. Default: `exact`.
   */
  index?: IndexKind | undefined;
  /** By whose rules words are stemmed and left out. Settled when the table is made. Default: `English`. */
  language?: Language | undefined;
  /** Keys, region and address of object storage, as LanceDB names them. In no error and no event. */
  storageOptions?: Readonly<Record<string, string>> | undefined;
}

/** Options that were checked. */
export interface Settings {
  readonly uri: string;
  readonly layout: Layout;
  readonly dimensions: number | undefined;
  readonly index: IndexKind;
  readonly storageOptions: Readonly<Record<string, string>>;
}

/** More than any model gives. */
const MOST_DIMENSIONS = 65_536;

/** Throws `configuration` for options that make no sense. */
export function settingsOf(given: LanceDbVectorStoreOptions): Settings {
  const options = checkOptions(given, 'configuration');
  const { uri, table = 'mortise_vectors', dimensions, index = 'exact', language = 'English' } = options;
  if (typeof uri !== 'string' || uri === '')
    throw new MortiseError('configuration', 'uri is missing; give the path of a folder, or s3://...');
  if (/^db:/i.test(uri))
    throw new MortiseError(
      'configuration',
      'uri is one of the LanceDB Cloud, which this store does not take. Give a folder, or s3://...',
    );
  if (typeof table !== 'string' || !/^[\w.-]{1,200}$/.test(table) || /^\.+$/.test(table))
    throw new MortiseError('configuration', 'table takes letters, digits, `_`, `-` and `.`.');
  if (dimensions !== undefined) wholeNumber('dimensions', dimensions, { most: MOST_DIMENSIONS });
  return {
    uri,
    // LanceDB ends the process at a language that it does not know.
    layout: { name: table, place: uri, language: oneOf('language', language, LANGUAGES) },
    dimensions,
    index: oneOf('index', index, ['exact', 'hnsw']),
    storageOptions: checkStorageOptions(options.storageOptions ?? {}),
  };
}

function checkStorageOptions(given: Readonly<Record<string, string>>): Record<string, string> {
  const kept = { ...checkOptions(given, 'configuration') };
  if (Object.values(kept).every((value) => typeof value === 'string')) return kept;
  throw new MortiseError('configuration', 'storageOptions takes texts by their names.');
}

/** Regions and addresses may be shown. */
export function secretsOf(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options)
    .filter(([name]) => /key|secret|token|password|sas|credential|account/i.test(name))
    .map(([, value]) => value);
}
