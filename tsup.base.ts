import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { defineConfig } from 'tsup';

/** One build for every package: ESM, declarations, shared chunks, and nothing bundled that is declared. */
export function library(
  entry: string[],
  platform: 'neutral' | 'node' = 'node',
  esbuildPlugins: Plugin[] = [],
  /** Optional dependencies, which tsup takes for undeclared ones. */
  external: string[] = [],
  /** What is built beside it, after the folder was emptied. */
  onSuccess: () => Promise<void> = async () => {},
) {
  // An entry that uses the package by its name, as an application does, leaves the other entries as they are.
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };
  return defineConfig({
    entry,
    platform,
    format: 'esm',
    target: 'es2024',
    dts: true,
    splitting: true,
    // Deno and Workers know Node's modules by their whole names alone.
    removeNodeProtocol: false,
    sourcemap: true,
    clean: true,
    esbuildPlugins,
    external: [name, ...external],
    onSuccess,
  });
}

/**
 * Puts what several entries share into one file. esbuild makes a chunk for every set of entries that reach the same
 * modules, 28 of them for the rooms of core, and opening a file costs more than reading it: with one, `import` takes 9
 * ms of the processor and not 22. Each room is made to reach everything that the root reaches; what it exports stays
 * what it exports, and bundlers still leave out what is not used.
 */
export const oneChunk: Plugin = {
  name: 'one-chunk',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]\w[\w-]*[\\/]index\.ts$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\nimport 'one-chunk:root';\n`,
      loader: 'ts',
    }));
    build.onResolve({ filter: /^one-chunk:root$/ }, ({ importer }) => ({
      path: `${dirname(dirname(importer))}/index.ts`,
      // Else the import is dropped, since nothing is taken from it.
      sideEffects: true,
    }));
  },
};

/**
 * Gives what a package loads at a call, by `import('./file.ts')`, copies of its own of all that it reaches, in one file.
 * esbuild puts whole files into chunks, used or not: a function that the root exports would take its file along into every
 * application that imports the root, and nothing would be left to load later.
 */
export const apart: Plugin = {
  name: 'apart',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path, pluginData, resolveDir }) => {
      const copy: unknown = kind === 'dynamic-import' ? new Copy(`?${basename(path, '.ts')}`) : pluginData;
      if (!(copy instanceof Copy)) return undefined;
      // Files of another suffix are other files.
      return { path: join(resolveDir, path), suffix: copy.suffix, pluginData: copy, sideEffects: false };
    });
    // Else what a file imports would not be known to come from a copy.
    build.onLoad({ filter: /\.ts$/ }, async ({ path, pluginData }) =>
      pluginData instanceof Copy
        ? { contents: await readFile(path, 'utf8'), loader: 'ts', pluginData }
        : undefined,
    );
  },
};

class Copy {
  readonly suffix: string;

  constructor(suffix: string) {
    this.suffix = suffix;
  }
}
