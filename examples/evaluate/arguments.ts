import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EvaluateError } from './failure.ts';

/** What the command line asks for. Paths are absolute. */
export interface Settings {
  readonly collection: string;
  readonly json: string;
  /** Where the report goes as a page, if anywhere. */
  readonly page?: string;
  readonly cache: string;
}

export const HELP = `Measures BM25, vectors and both together on a collection of judged questions.

Usage: pnpm evaluate --collection DIR [options]

  --collection DIR   a folder with corpus.jsonl, queries.jsonl, and qrels.jsonl, qrels.tsv or qrels/test.tsv
  --json FILE        where the report goes as JSON; default: evaluation.json
  --page FILE        where it goes as a page for a browser too: curves, what differs by question, what was found and missed
  --cache FILE       where embeddings are kept between runs; default: among the user's caches
  --help             show this text

The report goes to stdout as Markdown, everything else to stderr.
`;

const OPTIONS = {
  collection: { type: 'string' },
  json: { type: 'string' },
  page: { type: 'string' },
  cache: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Undefined when help is asked for. */
export function parseArguments(argv: readonly string[]): Settings | undefined {
  const { collection, json, page, cache, help } = readOptions(argv);
  if (help === true) return undefined;
  if (collection === undefined)
    throw new EvaluateError('there is no collection', 'Add --collection DIR; see --help.');
  return {
    collection: fromWhereTyped(collection),
    json: fromWhereTyped(json ?? 'evaluation.json'),
    ...(page === undefined ? {} : { page: fromWhereTyped(page) }),
    cache:
      cache === undefined ? join(cacheHome(), 'mortise-evaluate/embeddings.sqlite') : fromWhereTyped(cache),
  };
}

function readOptions(argv: readonly string[]): {
  collection?: string;
  json?: string;
  page?: string;
  cache?: string;
  help?: boolean;
} {
  // `pnpm evaluate -- --collection x` hands the first `--` down to the program.
  const args = argv[0] === '--' ? argv.slice(1) : [...argv];
  try {
    return parseArgs({ args, options: OPTIONS, strict: true }).values;
  } catch (error) {
    // The first sentence says what is wrong, those after it how a programmer would avoid it.
    const [what = ''] = (error as Error).message.split(/\.\s/);
    throw new EvaluateError(what, 'See --help.', { cause: error });
  }
}

/** pnpm runs scripts in the folder of their package, and says where the user was. */
export function fromWhereTyped(path: string): string {
  if (path.trim() === '') throw new EvaluateError('a path is empty', 'See --help.');
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** By the XDG base directory specification, and by custom where it does not hold. */
function cacheHome(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA;
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}
