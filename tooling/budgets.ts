import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { apart, oneChunk } from '../tsup.base.ts';
import { publishedPackages, root, type Package } from './workspace.ts';

/** What an application pays for something: minified, tree-shaken and gzipped, in bytes. */
export interface Bundle {
  readonly bytes: number;
  /** The sources that weigh most, before gzip, heaviest first. */
  readonly heaviest: readonly string[];
  /** All sources of which something is in it. */
  readonly sources: readonly string[];
}

/** A promise about a bundle. */
export interface Budget {
  readonly name: string;
  /** The program that is bundled. */
  readonly code: string;
  /** A program whose bytes are not counted: what an application has besides. */
  readonly beside?: string;
  /** Left out: what an application has anyway, or pays for by itself. */
  readonly external: readonly string[];
  /**
   * What a call of the program loads: then counted is what an application loads of a package as it is published, in its own
   * file and in the one that the call loads. Default: the program is one file.
   */
  readonly call?: { readonly folder: string; readonly loads: string } | undefined;
  /** In bytes. */
  readonly limit: number;
}

const KB = 1024;

const core = '@mortise/core';

/**
 * What is imported for one purpose, in KB: what its contract takes today, rounded up (docs/decisions/budgets-by-use.md
 * and what-the-bounds-weigh.md). The toolkit counts with what it takes of core, since an application pays for both.
 */
const USES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  [core]: {
    isMortiseError: 0.25,
    similarity: 1.25,
    BaseOutputParser: 3.125,
    BaseReranker: 6.625,
    BaseRetriever: 9.75,
    // Its streams go to a browser by themselves: docs/decisions/streams-to-the-web.md; life-along-the-signal.md.
    // 0.75 for what a span says of a call: whom it asks, with which numbers, when it began to answer. 0.125 for how Deno and workerd
    // say that a connection broke, and for the call that a retry names where there is no context.
    BaseLLM: 16.375,
    BaseEmbedding: 10.375,
    toResponse: 2,
    fromSSE: 1.25,
    // 0.125 for vectors that are checked four numbers at a step: half of the time of a second pass from a cache.
    '*': 35.625,
  },
  '@mortise/toolkit': {
    chatPrompt: 2.25,
    // One loop for both, docs/decisions/a-loop-is-exact-and-data.md: 6 for events that are read and a state that is JSON both ways,
    // 2.25 for steps and limits, 2.25 for signed approvals, of agents inside too, 0.75 for an answer of a shape, 0.5 for a state that is
    // checked member by member, 0.25 for the default options of a model.
    runTools: 18.25,
    streamTools: 18.25,
    // 0.25 at most for a reply that is JSON and nothing else, which the engine reads in less than half of the time.
    JsonParser: 13.5,
    structured: 20.375,
    // A fallback's memory of models that fail is 1.3 of it, prices by model 1.1.
    // Waits for what other processes make 0.75.
    '*': 71.625,
  },
};

/** KB of an integration. */
const INTEGRATION = 8;
/** Above it, and why. */
const LARGER: Readonly<Record<string, number>> = {
  // Two bridges, from and to three specifications, each of three kinds of models. An application mostly pays for one: `fromAISDK` is 12.25, `toAISDK` 7.25.
  '@mortise/ai-sdk': 18.75,
  // Two chat APIs, each with its requests, replies and streams; tokens and filters as Azure has them.
  '@mortise/openai': 13,
  // Language models with calls by their paths and places of citations in bytes, embeddings, two clouds.
  '@mortise/google': 8.5,
  // Language models, embeddings and rerankers, binary frames, keys of two kinds.
  '@mortise/bedrock': 10.25,
  // Ten kinds of things both ways: 13.75 for `fromLangChain`, 8.75 for `toLangChain`, which an application rarely needs both.
  // 0.25 of it to find the keys that theirs and the errors of HTTP libraries keep, which no error shows.
  '@mortise/langchain': 17.25,
  // Three kinds of stores on one client: 5.75 for keys and values alone, 6 for documents, 8.75 for vectors, words by BM25 and both in SQL, 2 to open PGlite in a folder, 0.5 for locks on keys.
  '@mortise/postgres': 13.5,
  // 4 for the limit of all processes, 6 to enqueue, 5.5 to work; an application has one or two of them in one process.
  '@mortise/bullmq': 11.25,
  // Two sides: 8.5 for a client that trusts no server, 6 for a server; an application rarely has both.
  '@mortise/mcp': 14,
  // Pages as they are: tags that are missing, code and formulas in every generator's dress, encodings.
  '@mortise/html': 14,
};

/** KB of one adapter of an integration: an application seldom uses all of them. */
const ADAPTER = 8;
const LARGER_ADAPTER: Readonly<Record<string, number>> = {
  // Both chat APIs, where a bundler puts both into one file: docs/decisions/an-api-is-a-chunk.md.
  OpenAILLM: 12.5,
  // Binary frames, citations by their places, calls through the SDK's middleware.
  BedrockLLM: 9,
};

/** The adapters that an integration exports, by its index. */
function adaptersOf(folder: string): string[] {
  const index = readFileSync(join(root, folder, 'src/index.ts'), 'utf8');
  const values = index.replaceAll(/export type \{[^}]*\}/g, '');
  return [...new Set(values.match(/(?<!type )\b[A-Z]\w*(?:LLM|Embedding|Reranker)\b/g))];
}

export function budgets(packages: readonly Package[] = publishedPackages()): Budget[] {
  return [
    ...Object.entries(USES).flatMap(([from, uses]) =>
      Object.entries(uses).map(([name, limit]) => ({
        name: `${name} of ${from}`,
        code: `export ${name === '*' ? name : `{ ${name} }`} from '${from}';`,
        external: [],
        limit: limit * KB,
      })),
    ),
    {
      name: 'BaseEmbedding beside BaseLLM',
      code: `export { BaseEmbedding, BaseLLM } from '${core}';`,
      beside: `export { BaseLLM } from '${core}';`,
      external: [],
      limit: 4.75 * KB,
    },
    {
      name: 'an application on OpenAILLM',
      code: `export { OpenAILLM } from '@mortise/openai';`,
      external: [],
      // With what lets it ask servers that are not OpenAI's; what they want of it weighs with a preset, below.
      limit: 41.625 * KB,
    },
    ...['responses', 'chat-completions'].map((api) => ({
      name: `what OpenAILLM loads for ${api}`,
      code: `export { OpenAILLM } from '@mortise/openai';`,
      external: [],
      call: { folder: 'integrations/openai', loads: `api-${api}` },
      limit: 9.125 * KB,
    })),
    {
      name: 'a preset beside OpenAILLM',
      code: `export { OpenAILLM } from '@mortise/openai'; export { groq } from '@mortise/openai/presets';`,
      beside: `export { OpenAILLM } from '@mortise/openai';`,
      external: [],
      limit: 2.5 * KB,
    },
    ...packages
      .filter(({ folder }) => folder.startsWith('integrations/'))
      .map(({ folder, manifest }) => ({
        name: manifest.name,
        code: `export * from '${join(root, folder, 'src/index.ts')}';`,
        external: [core, ...Object.keys(manifest.dependencies ?? {}), ...peers(manifest)],
        limit: (LARGER[manifest.name] ?? INTEGRATION) * KB,
      })),
    ...packages
      .filter(({ folder }) => folder.startsWith('integrations/'))
      .flatMap(({ folder, manifest }) =>
        adaptersOf(folder).map((name) => ({
          name: `${name} alone`,
          code: `export { ${name} } from '${join(root, folder, 'src/index.ts')}';`,
          external: [core, ...Object.keys(manifest.dependencies ?? {}), ...peers(manifest)],
          limit: (LARGER_ADAPTER[name] ?? ADAPTER) * KB,
        })),
      ),
  ];
}

const peers = ({ peerDependencies = {} }: Package['manifest']): string[] => Object.keys(peerDependencies);

const shared = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2024',
  platform: 'neutral',
  conditions: ['mortise-source', 'module', 'import'],
  absWorkingDir: root,
  logLevel: 'error',
} satisfies BuildOptions;

export async function bundle({
  beside,
  call,
  ...program
}: Pick<Budget, 'code' | 'beside' | 'call' | 'external'>): Promise<Bundle> {
  if (call !== undefined) return loadedBy(program.code, call);
  const whole = await bundled(program);
  if (beside === undefined) return whole;
  const other = await bundled({ ...program, code: beside });
  return { ...whole, bytes: whole.bytes - other.bytes };
}

async function bundled({ code, external }: Pick<Budget, 'code' | 'external'>): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    ...shared,
    // Tooling depends on every package, so that their names resolve from there.
    stdin: { contents: code, resolveDir: join(root, 'tooling'), loader: 'js' },
    external: ['node:*', ...external.flatMap((name) => [name, `${name}/*`])],
    write: false,
    metafile: true,
  });
  // Such as an export that is not there, which would weigh nothing.
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  return weighed(outputFiles, Object.values(metafile.outputs));
}

type Output = Metafile['outputs'][string];

function weighed(files: readonly OutputFile[], outputs: readonly Output[]): Bundle {
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  const sources = inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  const heaviest = inputs
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 3)
    .map(([file, { bytesInOutput }]) => `${file} (${bytesInOutput})`);
  const bytes = files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { bytes, heaviest, sources };
}

/**
 * What an application whose bundler splits loads of a package until a call is answered: of the files that hold code of the
 * package, all but those that another call loads. Core is in a file of its own, since the files of calls need it too.
 */
async function loadedBy(code: string, { folder, loads }: NonNullable<Budget['call']>): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...shared,
    stdin: { contents: code, loader: 'js' },
    splitting: true,
    outdir: root,
    plugins: [fromBuilt({ ...(await built('packages/core')), ...(await built(folder)) }, false)],
    write: false,
    metafile: true,
  });
  const { name } = packageIn(folder).manifest;
  const outputs = Object.entries(metafile.outputs).filter(
    ([, { inputs, entryPoint = '<stdin>' }]) =>
      Object.keys(inputs).some((file) => file.startsWith(`built:/${name}/`)) &&
      (entryPoint === '<stdin>' || entryPoint.startsWith(`built:/${name}/${loads}-`)),
  );
  if (outputs.length < 2) throw new Error(`No call of ${name} loads ${loads}.`);
  const paths = new Set(outputs.map(([path]) => join(root, path)));
  return weighed(
    outputFiles.filter(({ path }) => paths.has(path)),
    outputs.map(([, output]) => output),
  );
}

/**
 * What stays of a package of which nothing is used, minified. It is taken as it is published: bundlers know of its
 * `sideEffects` by the file, so that whatever in a file is computed when it loads stays in every application.
 */
export async function leftovers(folder: string): Promise<string> {
  const { outputFiles } = await build({
    ...shared,
    stdin: { contents: `import '${packageIn(folder).manifest.name}';`, loader: 'js' },
    plugins: [fromBuilt(await built(folder), undefined)],
    write: false,
  });
  return outputFiles.map(({ text }) => text.trim()).join('');
}

function packageIn(folder: string): Package {
  const found = publishedPackages().find((each) => each.folder === folder);
  if (found === undefined) throw new Error(`There is no ${folder}.`);
  return found;
}

/** The files of a package as tsup builds them, nothing minified, by the path `/name/file`. */
async function built(folder: string): Promise<Readonly<Record<string, string>>> {
  const { name, exports = {} } = packageIn(folder).manifest;
  const { outputFiles } = await build({
    ...shared,
    minify: false,
    entryPoints: Object.keys(exports)
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => join(root, folder, 'src', subpath, 'index.ts')),
    outbase: join(root, folder, 'src'),
    plugins: [folder === 'packages/core' ? oneChunk : apart],
    packages: 'external',
    splitting: true,
    outdir: `/${name}`,
    write: false,
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
}

/** Resolves packages among files that were built; what is not there is left out. */
function fromBuilt(files: Readonly<Record<string, string>>, sideEffects: false | undefined): Plugin {
  return {
    name: 'from-built',
    setup(building) {
      building.onResolve({ filter: /./ }, ({ path, importer }) => {
        const file = path.startsWith('.') ? join(dirname(importer), path) : join('/', path, 'index.js');
        if (files[file] === undefined) return { path, external: true, sideEffects: false };
        return { path: file, namespace: 'built', ...(sideEffects === undefined ? {} : { sideEffects }) };
      });
      building.onLoad({ filter: /./, namespace: 'built' }, ({ path }) => ({
        contents: files[path] ?? '',
        loader: 'js',
      }));
    },
  };
}

/** What is wrong with a bundle's size, with what to look at. */
export function budgetProblems(
  { name, limit }: Budget,
  { bytes, heaviest }: Pick<Bundle, 'bytes' | 'heaviest'>,
): string[] {
  if (bytes <= limit) return [];
  return [
    `${name} is ${bytes} bytes, minified and gzipped, above its budget of ${limit}: import less, or load it at the first call. The heaviest: ${heaviest.join(', ')}`,
  ];
}

/**
 * Milliseconds of the processor that `import()` of all of core takes beyond a bare Node whose loader is warm: the least
 * of several, since the others are the machine's.
 */
export async function importMilliseconds(runs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-import-'));
  try {
    // As tsup builds it: one shared chunk, nothing minified.
    await build({
      ...shared,
      minify: false,
      entryPoints: [join(root, 'packages/core/src/index.ts'), ...roomEntries()],
      splitting: true,
      plugins: [oneChunk],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    });
    writeFileSync(join(folder, 'empty.mjs'), '');
    const program = `
      await import(${JSON.stringify(join(folder, 'empty.mjs'))});
      const before = process.cpuUsage();
      await import(${JSON.stringify(join(folder, 'index.mjs'))});
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 1000);
    `;
    const times = Array.from({ length: runs }, () =>
      Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program]).toString()),
    );
    return Math.min(...times);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function roomEntries(): string[] {
  const core = publishedPackages().find(({ folder }) => folder === 'packages/core');
  return Object.keys(core?.manifest.exports ?? {})
    .filter((subpath) => subpath !== '.' && subpath !== './package.json')
    .map((subpath) => join(root, 'packages/core/src', subpath, 'index.ts'));
}

// `node tooling/budgets.ts` says how long the import takes. No test asserts a time: it would be the machine's.
if (import.meta.main) console.log(`import of core: ${await importMilliseconds(9)} ms of the processor`);
