import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { oneChunk } from '../tsup.base.ts';
import { publishedPackages, root, type Package } from './workspace.ts';

/** What an application pays for something: minified, tree-shaken and gzipped, in bytes. */
export interface Bundle {
  readonly bytes: number;
  /** The sources that weigh most, before gzip, heaviest first. */
  readonly heaviest: readonly string[];
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
    BaseOutputParser: 3,
    BaseReranker: 6.25,
    BaseRetriever: 9.5,
    // Its streams go to a browser by themselves: docs/decisions/streams-to-the-web.md; life-along-the-signal.md.
    BaseLLM: 15.5,
    BaseEmbedding: 10,
    toResponse: 2,
    fromSSE: 1.25,
    '*': 34,
  },
  '@mortise/toolkit': {
    chatPrompt: 2.25,
    // One loop for both: events that are read, a state that is JSON both ways, steps that are prepared and stopped.
    runTools: 12,
    streamTools: 11.75,
    JsonParser: 13,
    structured: 19.75,
    '*': 61.75,
  },
};

/** KB of an integration. */
const INTEGRATION = 8;
/** Above it, and why. */
const LARGER: Readonly<Record<string, number>> = {
  // Two bridges, from and to three specifications, each of three kinds of models. An application mostly pays for one: `fromAISDK` is 12.25, `toAISDK` 7.25.
  '@mortise/ai-sdk': 18.75,
  // Two chat APIs, each with its requests, replies and streams; tokens and filters as Azure has them.
  '@mortise/openai': 12.5,
  // Language models with calls by their paths and places of citations in bytes, embeddings, two clouds.
  '@mortise/google': 8.5,
  // Language models, embeddings and rerankers, binary frames, keys of two kinds.
  '@mortise/bedrock': 10.25,
  // Ten kinds of things both ways: 12.5 for `fromLangChain`, 8.5 for `toLangChain`, which an application rarely needs both.
  '@mortise/langchain': 16.75,
  // A client that trusts no server: names, descriptions, schemas, results, addresses, failures.
  '@mortise/mcp': 8.5,
  // Pages as they are: tags that are missing, code and formulas in every generator's dress, encodings.
  '@mortise/html': 14,
};

/** KB of one adapter of an integration: an application seldom uses all of them. */
const ADAPTER = 8;
const LARGER_ADAPTER: Readonly<Record<string, number>> = {
  // Both chat APIs: which of them is asked is an option.
  OpenAILLM: 12,
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
      name: 'an application on OpenAILLM, without the SDK',
      code: `export { OpenAILLM } from '@mortise/openai';`,
      external: ['openai'],
      // With what lets it ask servers that are not OpenAI's; what they want of it weighs with a preset, below.
      limit: 38.75 * KB,
    },
    {
      name: 'a preset beside OpenAILLM',
      code: `export { OpenAILLM } from '@mortise/openai'; export { groq } from '@mortise/openai/presets';`,
      beside: `export { OpenAILLM } from '@mortise/openai';`,
      external: ['openai'],
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
  ...program
}: Pick<Budget, 'code' | 'beside' | 'external'>): Promise<Bundle> {
  const { bytes, heaviest } = await bundled(program);
  if (beside === undefined) return { bytes, heaviest };
  const other = await bundled({ ...program, code: beside });
  return { bytes: bytes - other.bytes, heaviest };
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
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const heaviest = inputs
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 3)
    .map(([file, { bytesInOutput }]) => `${file} (${bytesInOutput})`);
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { bytes, heaviest };
}

/**
 * What stays of a package of which nothing is used, minified. It is built as one file, as it is published: bundlers know of
 * its `sideEffects` by the file, so that whatever in it is computed when it loads stays in every application.
 */
export async function leftovers(folder: string): Promise<string> {
  const [built] = (
    await build({
      ...shared,
      minify: false,
      entryPoints: [join(root, folder, 'src/index.ts')],
      external: ['node:*', '@mortise/*'],
      write: false,
    })
  ).outputFiles;
  const { outputFiles } = await build({
    ...shared,
    stdin: { contents: `import 'built';`, loader: 'js' },
    plugins: [oneFile(built?.text ?? '')],
    write: false,
  });
  return outputFiles.map(({ text }) => text.trim()).join('');
}

const oneFile = (contents: string): Plugin => ({
  name: 'one-file',
  setup(building) {
    building.onResolve({ filter: /^built$/ }, ({ path }) => ({ path, namespace: 'one-file' }));
    building.onLoad({ filter: /./, namespace: 'one-file' }, () => ({ contents, loader: 'js' }));
    building.onResolve({ filter: /./, namespace: 'one-file' }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
});

/** What is wrong with a bundle's size, with what to look at. */
export function budgetProblems({ name, limit }: Budget, { bytes, heaviest }: Bundle): string[] {
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
