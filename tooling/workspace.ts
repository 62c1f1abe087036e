import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

type Versions = Record<string, string>;

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  description?: string;
  license?: string;
  homepage?: string;
  repository?: { type: string; url: string; directory: string };
  bugs?: string;
  type?: string;
  sideEffects?: boolean;
  engines?: Versions;
  files?: string[];
  scripts?: Record<string, string>;
  exports?: Record<string, string | Record<string, string>>;
  dependencies?: Versions;
  optionalDependencies?: Versions;
  peerDependencies?: Versions;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  devDependencies?: Versions;
  publishConfig?: { access?: string; exports?: Record<string, string | Record<string, string>> };
}

export interface Package {
  /** Path from the repository root, such as `integrations/openai`. */
  folder: string;
  manifest: Manifest;
}

/** The packages that are published: everything in `packages/` and `integrations/`. */
export function publishedPackages(base: string = root): Package[] {
  return ['packages', 'integrations'].flatMap((group) => packagesIn(base, group));
}

export function examplePackages(base: string = root): Package[] {
  return packagesIn(base, 'examples');
}

function packagesIn(base: string, group: string): Package[] {
  return readdirSync(join(base, group))
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(join(base, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(base, folder, 'package.json'), 'utf8')) as Manifest,
    }));
}

/**
 * The module that declares the suites of a package, as a path from `base`: its published entry, or a file of its tests where
 * it needs what is not published. Undefined where a test declares them itself.
 */
export function wiringOf(folder: string, base: string = root): string | undefined {
  const places = [`${folder}/src/conformance/index.ts`, `${folder}/test/wiring.ts`];
  return places.find((file) => existsSync(join(base, file)));
}

/** TypeScript files below `folder`, as paths from `base`; dependencies and builds left out. */
export function sourceFiles(folder: string, base: string = root): string[] {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'fixtures'].includes(entry.name) ? [] : sourceFiles(path, base);
    }
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** Markdown files of the repository, as paths from `base`. */
export function documents(base: string = root): string[] {
  const folders = [
    'docs',
    'skills',
    'bench',
    'interop',
    'packages',
    'integrations',
    'compat',
    'examples',
    'site',
  ];
  const found = folders.flatMap((folder) => markdownFiles(folder, base));
  return ['AGENTS.md', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', ...found];
}

function markdownFiles(folder: string, base: string): string[] {
  return readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const isCopy = /^(packages|integrations)\/[^/]+\/(docs|skills)$/.test(path);
      return isCopy || ['node_modules', 'dist', 'fixtures'].includes(entry.name)
        ? []
        : markdownFiles(path, base);
    }
    // Copies too: of what a package ships, see package-docs.ts.
    const isCopied = /^packages\/[^/]+\/AGENTS\.md$/.test(path);
    return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' && !isCopied ? [path] : [];
  });
}
