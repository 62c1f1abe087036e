import { posix } from 'node:path';
import ts from 'typescript';

/**
 * The rooms of each package, from what knows nothing of the others to what knows them all: a room imports only rooms above
 * it in this list. A room is a folder of `src`, or a file beside the folders.
 */
export const roomOrder: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [
    // What has no subject of its own.
    ...['errors.ts', 'shared', 'events', 'vectors', 'schema'],
    // How a call is made: one attempt made robust, then the bytes of its reply.
    ...['call', 'wire'],
    // How streams go to a browser.
    'sse',
    // One room for each contract, in the order in which data go through them.
    ...['tokenizer', 'nodes', 'llm', 'store', 'embedding', 'reranker', 'parser', 'reader', 'transform'],
    ...['retriever', 'postprocessor', 'synthesizer', 'query-engine'],
    // All of it together.
    ...['service-context.ts', 'testing', 'index.ts'],
  ],
  'packages/toolkit': [
    // What has no subject of its own.
    'call-defaults.ts',
    // From a model's text to a value, and what is asked for one.
    ...['schema', 'json', 'parsers', 'prompts', 'structured', 'tools'],
    // Around a model, and apart from it.
    ...['limiter', 'wrappers', 'vectors'],
    'index.ts',
  ],
  'packages/rag': [
    // What has no subject of its own.
    ...[
      'abort.ts',
      'clock.ts',
      'folding.ts',
      'dimensions.ts',
      'sentence-ends.ts',
      'text-piece.ts',
      'answer.ts',
      'given-nodes.ts',
    ],
    // From files to nodes, and into the stores.
    ...['markdown', 'csv', 'splitters', 'readers', 'stores', 'ingestion'],
    // From a question to nodes, and to an answer.
    ...['selectors', 'retrievers', 'index', 'synthesizer', 'postprocessors', 'query-engine', 'chat-engine'],
    ...['evaluation', 'index.ts'],
  ],
  'packages/conformance': [
    // How a case is written and run, and the server that it runs against.
    ...['wire.ts', 'frame', 'dialects', 'lab', 'replay', 'recordings.ts', 'hostile.ts'],
    // What several suites ask.
    ...['shared', 'answer'],
    // The suites. One may build on the cases of another before it.
    ...[
      'llm',
      'embedding',
      'embedding-cache',
      'reranker',
      'parser',
      'limiter',
      'similarity',
      'stores',
      'document-store',
    ],
    ...['vector-store', 'reader', 'splitter', 'ingestion', 'retriever', 'postprocessor', 'synthesizer'],
    ...['query-engine', 'chat-engine'],
    // What is asked of a server that runs.
    'server',
    // What became of them.
    ...['report', 'run', 'cli.ts', 'index.ts'],
  ],
};

/** The text of the files of one package, by their path in its `src`. */
export type Sources = ReadonlyMap<string, string>;

/** One file imports another of the same package, be it for a type alone. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Every import of a file by another, types included. */
export function arrowsOf(sources: Sources): Arrow[] {
  return [...sources].flatMap(([from, text]) => {
    const targets = ts
      .preProcessFile(text, true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(posix.dirname(from), fileName));
    return [...new Set(targets)].map((to) => ({ from, to }));
  });
}

/** Files that import each other, each circle once, as its shortest way round. */
export function circles(sources: Sources): string[] {
  const arrows = new Map<string, string[]>();
  for (const { from, to } of arrowsOf(sources)) arrows.set(from, [...(arrows.get(from) ?? []), to]);
  const told = new Set<string>();
  return [...arrows.keys()].toSorted().flatMap((file) => {
    const way = told.has(file) ? undefined : wayBack(file, arrows);
    if (way === undefined) return [];
    for (const one of way) told.add(one);
    return [`${way.join(' > ')}: move what both sides need into a file of its own that imports neither.`];
  });
}

/** From `file` along the arrows to itself. */
function wayBack(file: string, arrows: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [file];
  for (let at = queue.shift(); at !== undefined; at = queue.shift())
    for (const next of arrows.get(at) ?? []) {
      if (next === file) return [file, ...pathTo(at, file, cameFrom), file];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  return undefined;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path: string[] = [];
  for (let at: string | undefined = end; at !== undefined && at !== start; at = cameFrom.get(at))
    path.unshift(at);
  return path;
}

/** The room that a file stands in. */
export function roomOf(file: string): string {
  return file.split('/', 1)[0] ?? file;
}

/** Imports against the order of rooms, and rooms that the order does not name. */
export function upwardArrows(sources: Sources, order: readonly string[]): string[] {
  const rooms = new Set([...sources.keys()].map(roomOf));
  const unknown = [...rooms].filter((room) => !order.includes(room));
  const problems = unknown.map(
    (room) =>
      `${room} is a room without a place: add it to roomOrder in tooling/graph.ts, after what it imports.`,
  );
  for (const room of order)
    if (!rooms.has(room)) problems.push(`${room} stands in roomOrder and holds no file: take it out.`);
  for (const { from, to } of arrowsOf(sources)) {
    const [above, below] = [roomOf(from), roomOf(to)];
    if (unknown.includes(above) || order.indexOf(below) <= order.indexOf(above)) continue;
    problems.push(
      `${from} imports ${to}, but ${above} stands before ${below} in roomOrder: move what it needs into ${above} or a room before it.`,
    );
  }
  return problems;
}

/** `contract.ts` and what is named like `tool-contract.ts`. */
const isContract = (file: string) => /(^|[/-])contract\.ts$/.test(file);

/** A contract is types alone, and made of contracts and of `shared`: it can be read, and changed, by itself. */
export function contractProblems(sources: Sources): string[] {
  const imports = arrowsOf(sources)
    .filter(({ from, to }) => isContract(from) && !isContract(to) && roomOf(to) !== 'shared')
    .map(({ from, to }) => `${from} imports ${to}: move the type that it needs into a contract.`);
  const code = [...sources]
    .filter(([file, text]) => isContract(file) && !isTypesAlone(file, text))
    .map(([file]) => `${file} holds code: move it into a file beside the contract.`);
  return [...imports, ...code];
}

function isTypesAlone(file: string, text: string): boolean {
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.ESNext)
    .statements.every(
      (statement) =>
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        (ts.isImportDeclaration(statement) && statement.importClause?.isTypeOnly === true) ||
        (ts.isExportDeclaration(statement) && statement.isTypeOnly),
    );
}
