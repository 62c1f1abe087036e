import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { packAll, run, tarballOf } from '../shell.ts';
import { publishedPackages, root } from '../workspace.ts';

const TESTED = [
  'packages/core',
  'packages/toolkit',
  'packages/conformance',
  'integrations/openai',
  'integrations/anthropic',
];
const SDKS = { '@anthropic-ai/sdk': 'integrations/anthropic' };
const here = import.meta.dirname;
/** Where the runtimes and the stand-ins are installed. */
const installedIn = join(root, 'runtimes');

/** The programs, each a file. */
export interface Programs {
  /** For a runtime with Node's modules: its imports of packages are looked up in `node_modules` beside it. */
  readonly process: string;
  /** Bundled, without one import of Node's. */
  readonly page: string;
  readonly worker: string;
}

/** Packs what is tested, and puts it with its SDKs into `folder` as an installation would. */
export function installTarballs(folder: string): void {
  const packages = publishedPackages().filter((pkg) => TESTED.includes(pkg.folder));
  const tarballs = join(folder, 'tarballs');
  run('turbo', ['run', 'build', ...packages.flatMap(({ manifest }) => ['--filter', manifest.name])], {
    quiet: true,
  });
  packAll(packages, tarballs);
  for (const { manifest } of packages) {
    const target = join(folder, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    run('tar', ['-xzf', join(tarballs, tarballOf(manifest)), '--strip-components=1', '-C', target]);
  }
  // Deno looks at what is declared before it looks at what is there.
  const dependencies = Object.fromEntries(packages.map(({ manifest }) => [manifest.name, manifest.version]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  for (const [name, owner] of Object.entries(SDKS)) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(root, owner, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

/** Makes the programs in `folder`, on what is installed there. */
export async function buildPrograms(folder: string): Promise<Programs> {
  const shared = { bundle: true, format: 'esm', target: 'es2022', absWorkingDir: folder } as const;
  const files = {
    process: join(folder, 'process.mjs'),
    page: join(folder, 'page.js'),
    worker: join(folder, 'worker.js'),
  };
  const entry = (name: string): string[] => [join(here, `entries/${name}.ts`)];
  const bundled = {
    ...shared,
    plugins: [installed(folder), withoutNode],
    inject: [join(installedIn, 'shims/globals.js')],
    define: { 'process.env.NODE_DEBUG': 'undefined' },
  };
  await Promise.all([
    build({ ...shared, entryPoints: entry('process'), outfile: files.process, packages: 'external' }),
    build({ ...bundled, entryPoints: entry('page'), outfile: files.page }),
    build({ ...bundled, entryPoints: entry('worker'), outfile: files.worker }),
  ]);
  return files;
}

/** Packages come from the tarballs, whoever imports them. */
function installed(folder: string): Plugin {
  return {
    name: 'installed',
    setup(options) {
      options.onResolve(
        { filter: /^@mortise\/|^@anthropic-ai\/sdk$/ },
        async ({ path, kind, pluginData }) => {
          if (pluginData === folder) return undefined;
          return await options.resolve(path, { kind, resolveDir: folder, pluginData: folder });
        },
      );
    },
  };
}

/** What stands in for modules of Node's, for the conformance kit alone. */
const SHIMS = ['assert', 'buffer', 'crypto', 'events', 'http', 'util', 'zlib'];

const withoutNode: Plugin = {
  name: 'without-node',
  setup(options) {
    options.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'stand-in' }));
    options.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => {
      const name = path.slice('node:'.length);
      // As CommonJS, so that what has no stand-in is undefined, and fails the case that calls it and no other.
      const file = name === 'http' ? join(here, 'remote-http.ts') : `./shims/${name}.js`;
      const contents = SHIMS.includes(name) ? `module.exports = require(${JSON.stringify(file)})` : '';
      return { contents, loader: 'js', resolveDir: installedIn };
    });
  },
};
