import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { root } from './workspace.ts';

/** The page with the table of all bounds, under its heading. */
export const BOUNDS_PAGE = 'docs/guides/performance.md';
const HEADING = '## Bounds';

/** One row: what is bounded, by how much, the option, what comes past it, what helps. */
export interface BoundRow {
  readonly what: string;
  readonly bound: string;
  readonly option: string;
  readonly past: string;
  readonly help: string;
}

/** Where a figure stands in the sources: a file, and the name that the number follows (`NAME = 1`, `name ?? 1`); its unit, in bytes. */
type Place = readonly [file: string, name: string, unit?: number];

const RETRY = 'packages/core/src/call/retry.ts';
const TOOLS = 'packages/toolkit/src/tools/bounds.ts';
const MESSAGE = 'packages/core/src/llm/message.ts';
const PLAIN = 'packages/core/src/shared/plain-json.ts';
const FILTER = 'packages/core/src/store/filter.ts';
const PDF = 'integrations/pdf/src/format.ts';
const HTML = 'integrations/html/src/format.ts';
const RECORDER = 'packages/inspector/src/recorder.ts';

/** By row, the figures of its second column in their order. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  'Bytes of a whole reply, of an error, of vectors': [[RETRY, 'DEFAULT_MAX_REPLY_BYTES']],
  'Bytes of a stream, of which only what it says is kept': [[RETRY, 'DEFAULT_MAX_STREAM_BYTES']],
  'Characters of an event that `fromSSE` reads': [['packages/core/src/sse/read.ts', 'MOST_CHARACTERS']],
  'Bytes of a line or an event of a stream': [[RETRY, 'DEFAULT_MAX_LINE_BYTES']],
  'Lists, objects and quotes of a reply that is JSON': [
    ['packages/core/src/shared/json.ts', 'MAX_JSON_PARTS'],
  ],
  'Time of a whole reply, silence of a stream': [[RETRY, 'DEFAULT_TIMEOUT_MS']],
  'Time of a call with its retries and waits; of a stream, until its first content': [
    [RETRY, 'DEFAULT_DEADLINE_MS'],
  ],
  'Attempts of a call': [[RETRY, 'retry.maxAttempts']],
  'Wait that a server asks for': [['packages/core/src/call/rate-limit-headers.ts', 'MAX_WAIT_MS']],
  'Answer of Redis to a limiter': [['integrations/bullmq/src/limiter.ts', 'options.timeoutMs']],
  'Wait for what another process makes for a shared cache': [
    ['packages/toolkit/src/wrappers/store-lock.ts', 'LONGEST_WAIT_MS'],
  ],
  'Keys that a list locks in a shared cache': [
    ['packages/toolkit/src/wrappers/cached-embed-list.ts', 'MOST_LOCKED'],
  ],
  'Pause of an adaptive limiter after one refusal': [
    ['packages/toolkit/src/limiter/adaptive-limiter.ts', 'MAX_PAUSE_MS'],
  ],
  'Rest of a stream after its finish reason (usage, `[DONE]`)': [
    ['packages/core/src/wire/stream.ts', 'AFTER_REASON_MS'],
  ],
  'Any time that an option gives': [['packages/core/src/shared/options.ts', 'MAX_MS']],
  'Redirects within an origin': [['packages/core/src/wire/guarded-fetch.ts', 'MOST_REDIRECTS']],
  "Characters of a server's sentence in an error": [['packages/core/src/wire/failure.ts', 'MOST_SAID']],
  'Values of a cause that are looked through for secrets': [
    ['packages/core/src/wire/secrets.ts', 'MOST_LOOKED_AT'],
  ],
  'Tool calls of one reply': [[TOOLS, 'maxToolCalls']],
  'Replies of one run of tools': [[TOOLS, 'maxSteps']],
  'Time of one tool': [[TOOLS, 'toolTimeoutMs']],
  "Characters of a tool's name; of one that nobody gave, in the result": [
    [MESSAGE, 'MAX_NAME'],
    ['packages/toolkit/src/tools/execute.ts', 'MAX_NAME'],
  ],
  'Depth of the arguments of a call': [[MESSAGE, 'MAX_DEPTH']],
  'Depth of a reply': [['packages/core/src/llm/response.ts', 'MAX_DEPTH']],
  'Depth of what only the AI SDK knows of a reply': [['integrations/ai-sdk/src/read.ts', 'MAX_DEPTH']],
  'Depth of a message': [['packages/core/src/llm/check-source.ts', 'MAX_DEPTH']],
  'Depth of JSON that a parser reads': [['packages/toolkit/src/json/json-options.ts', 'DEFAULT_MAX_DEPTH']],
  'Aliases of YAML that are followed': [['integrations/yaml/src/parser.ts', 'maxAliasCount']],
  'Bytes of a message of an MCP server': [['integrations/mcp/src/fetch.ts', 'DEFAULT_MAX_MESSAGE_BYTES']],
  'A recording of runs: bytes of a file, and its files': [
    [RECORDER, 'maxFileBytes'],
    [RECORDER, 'maxFiles'],
  ],
  'Depth of a value that is recorded of a run; of a line that is read': [
    ['packages/inspector/src/plain.ts', 'MAX_DEPTH'],
    ['packages/inspector/src/format.ts', 'MAX_DEPTH'],
  ],
  'Depth of the schema of a tool of an MCP server': [['integrations/mcp/src/clean.ts', 'MAX_DEPTH']],
  'Depth of what a span of OpenTelemetry tells of content': [
    ['integrations/opentelemetry/src/content.ts', 'MAX_DEPTH'],
  ],
  'Metadata: its depth, and its values in all': [
    [PLAIN, 'MAX_METADATA_DEPTH'],
    [PLAIN, 'MAX_VALUES'],
  ],
  'A filter: its depth, and its parts': [
    [FILTER, 'MAX_FILTER_DEPTH'],
    [FILTER, 'MAX_FILTER_PARTS'],
  ],
  'Retrievers that index nodes lead through': [['packages/core/src/retriever/base.ts', 'maxDepth']],
  'Bytes of a file of text, Markdown, JSON': [
    ['packages/core/src/reader/read-text.ts', 'DEFAULT_MAX_FILE_BYTES'],
  ],
  'Characters of a row of CSV, a line of JSON lines': [
    ['packages/rag/src/readers/pieces.ts', 'MAX_RECORD_LENGTH'],
  ],
  'HTML: bytes of a file, and its elements, of any depth': [
    [HTML, 'maxBytes'],
    [HTML, 'maxElements'],
  ],
  'Bytes of a PDF': [[PDF, 'maxBytes']],
  'Time of a page of a PDF, in a worker that is ended': [[PDF, 'pageTimeoutMs']],
  'Memory of that worker': [[PDF, 'maxMemoryMb', 2 ** 20]],
  'Bytes of the file of a saved index': [
    ['packages/rag/src/index/index-folder.ts', 'DEFAULT_MAX_INDEX_BYTES'],
  ],
  'Bytes of an entry of a file store': [['packages/stores/src/file.ts', 'DEFAULT_MAX_ENTRY_BYTES']],
  'Bytes of a key-value store in memory': [['packages/core/src/store/memory.ts', 'DEFAULT_MAX_BYTES']],
  'Answer of a cache: of replies, of embeddings; then it is left alone for': [
    ['packages/toolkit/src/wrappers/reply-cache.ts', 'STORE_TIMEOUT_MS'],
    ['packages/toolkit/src/wrappers/embedding-cache.ts', 'STORE_TIMEOUT_MS'],
    ['packages/toolkit/src/wrappers/store-guard.ts', 'STORE_REST_MS'],
  ],
  'Wait for a file that another process holds': [['packages/core/src/store/when-free.ts', 'timeoutMs']],
};

/** Constants that bound what comes from outside: each has its row. */
const BOUND_NAME =
  /\bconst (DEFAULT_MAX_(?!TOKENS)\w+|MAX_JSON_PARTS|MAX_(?:\w+_)?(?:DEPTH|BYTES|WAIT_MS|PAUSE_MS)|DEFAULT_(?:TIMEOUT|DEADLINE)_MS)\b/g;
/** Of schemas and canonical JSON: what the application itself gives, refused all the same. */
const WITHOUT_ROW: readonly string[] = [
  'packages/core/src/shared/canonical-json.ts',
  'packages/core/src/schema/null-members.ts',
  'packages/core/src/schema/normal-schema.ts',
  'packages/core/src/schema/what-is-strict.ts',
  'packages/core/src/schema/merged-root.ts',
  // The same bounds where messages are read from JSON, and where arguments are validated.
  'packages/core/src/llm/messages-json.ts',
  'packages/toolkit/src/tools/tool.ts',
];

export function boundRows(page: string): BoundRow[] {
  const from = page.indexOf(HEADING);
  const end = page.indexOf('\n## ', from + 1);
  const lines = page.slice(from, end === -1 ? undefined : end).split('\n');
  return lines
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const [what = '', bound = '', option = '', past = '', help = ''] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return { what, bound, option, past, help };
    });
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
};

/** The figures of a cell, in bytes and milliseconds. */
export function figuresOf(cell: string): number[] {
  return [...cell.matchAll(/(\d[\d,]*)(?: ?(KiB|MiB|GiB|ms|min|s|h)\b)?/g)].map(
    ([, count = '', unit = '']) => Number(count.replaceAll(',', '')) * (UNITS[unit] ?? Number.NaN),
  );
}

/** The number that follows a name in a source: `NAME = 48 * 2 ** 20`, `name ?? 30_000`. */
export function figureIn(source: string, name: string): number | undefined {
  const escaped = name.replaceAll('.', '\\.');
  const found = new RegExp(
    `\\b${escaped}(?:: \\w+)? (?:=|\\?\\?) ((?:0x[\\da-f_]+|[-\\d_ *+<()MIB])+?)(?=[;,)\\n]| as | })`,
  ).exec(source);
  const [, written = ''] = found ?? [];
  if (!/\d/.test(written)) return undefined;
  const text = written.replaceAll('_', '').replaceAll('MIB', String(2 ** 20));
  return runInNewContext(text) as number;
}

/** Where the table and the sources differ. `read` gives a source. */
export function boundProblems(
  page: string,
  read: (file: string) => string,
  sources: readonly string[],
): string[] {
  const rows = boundRows(page);
  const problems: string[] = [];
  for (const { what, bound, past, help } of rows) {
    const places = PLACES[what];
    if (places === undefined) {
      problems.push(`${what}: there is no place for it in tooling/bounds.ts`);
      continue;
    }
    const expected = places.map(([file, name, unit = 1]) => {
      const figure = figureIn(read(file), name);
      return figure === undefined ? undefined : figure * unit;
    });
    const figures = figuresOf(bound).slice(0, places.length);
    if (JSON.stringify(figures) !== JSON.stringify(expected))
      problems.push(`${what}: the table says ${bound}, the sources ${expected.join(', ')}`);
    if (past === '' || help === '') problems.push(`${what}: say what comes past it, and what helps`);
  }
  const missing = Object.keys(PLACES).filter((what) => rows.every((row) => row.what !== what));
  problems.push(...missing.map((what) => `${what}: the table has no such row`));
  const placed = new Set(
    Object.values(PLACES).flatMap((places) => places.map(([file, name]) => `${file} ${name}`)),
  );
  for (const file of sources.filter((each) => !WITHOUT_ROW.includes(each)))
    for (const [, name = ''] of read(file).matchAll(BOUND_NAME))
      if (!placed.has(`${file} ${name}`)) problems.push(`${file}: ${name} has no row in ${BOUNDS_PAGE}`);
  return problems;
}

const ATTACKS = 'tooling/test/hostile/attacks.ts';
const SERVERS = 'tooling/test/hostile-servers.test.ts';

/** What `SECURITY.md` promises in figures: its words, and where the same number stands. */
const PROMISES: readonly (readonly [said: RegExp, file: string, written: RegExp])[] = [
  [
    /Secrets of fewer than ([\d,]+) characters/,
    'packages/core/src/wire/secrets.ts',
    /const SHORTEST = ([\d_]+);/,
  ],
  [
    /Within the origin up to ([\d,]+) are/,
    'packages/core/src/wire/guarded-fetch.ts',
    /const MOST_REDIRECTS = ([\d_]+);/,
  ],
  [/With ([\d,]+) MB for its objects/, SERVERS, /--max-old-space-size=(\d+)/],
  [/at most ([\d,]+) MB above the start/, SERVERS, /const MOST_MEGABYTES = ([\d_]+);/],
  [/([\d,]+) tool calls and/, ATTACKS, /called\(([\d_]+), 'now'\)/],
  [/a name of ([\d,]+) MB/, ATTACKS, /'n'\.repeat\(([\d_]+)_000_000\)/],
];

/** Where the promises of `SECURITY.md`, whose text is given, and what keeps them differ. */
export function promiseProblems(text: string, read: (file: string) => string): string[] {
  const words = text.replaceAll(/\s+/g, ' ');
  return PROMISES.flatMap(([said, file, written]) => {
    const figures = [said.exec(words)?.[1], written.exec(read(file))?.[1]];
    const [promised, kept] = figures.map((figure) => figure?.replaceAll(/[,_]/g, ''));
    return promised !== undefined && promised === kept
      ? []
      : [`SECURITY.md: ${said.source} is ${promised} there, and ${kept} in ${file}`];
  });
}

export const readSource = (file: string): string => readFileSync(join(root, file), 'utf8');
