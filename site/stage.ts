/** Lays the pages of the site out as VitePress reads them: `dist/pages`, and `dist/site.json` with what its config needs. */
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents, publishedPackages, root } from '../tooling/workspace.ts';
import { withImports } from './imports.ts';
import { pathOf, relink, summaryOf, titleOf, type Page } from './page.ts';
import { referencePages, unbuilt } from './reference.ts';
import { sidebarOf, sidebarsOf, type Item } from './sidebar.ts';

export const dist = join(import.meta.dirname, 'dist');
/** The site as it is served. */
export const output = join(dist, 'site');
const staged = join(dist, 'pages');

export interface Site {
  /** The path below which it is served, with a slash at both ends. */
  readonly base: string;
  /** The origin, such as `https://owner.github.io`; empty where it is not known. */
  readonly origin: string;
  readonly repository: string;
  readonly pages: readonly Page[];
  readonly sidebar: readonly Item[];
}

/**
 * `DOCS_BASE` is the path below which the site is served, `/` by default; `DOCS_ORIGIN` the origin before it, for links that
 * must be whole; `DOCS_REPOSITORY` the repository, by default that of `package.json`. Packages that are not built have no reference.
 */
export function readSite(env: NodeJS.ProcessEnv = process.env): Site {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: string };
  const repository = env['DOCS_REPOSITORY'] || manifest.repository;
  const files = documents().filter((file) => pathOf(file) !== undefined);
  const targets = { pages: new Set(files), repository, isFolder };
  const built = publishedPackages().filter((pkg) => unbuilt([pkg]).length === 0);
  const reference = referencePages(built);
  const withReference = new Set(reference.map(({ path }) => path));
  const pages = files.map((file): Page => {
    const path = pathOf(file) ?? file;
    const written = withImports(read(file), read);
    const own = relink(file, written, targets);
    // Two pages of one name would be a riddle in the search: the first page of the site has that of the README.
    const named = path === 'programs.md' ? own.replace(/^# .*$/m, '# A program for each contract') : own;
    const text = named + referenceLink(path, withReference);
    return { path, source: file, title: titleOf(text), summary: summaryOf(text), text };
  });
  const all = [...pages, ...reference];
  return {
    base: env['DOCS_BASE'] || '/',
    origin: env['DOCS_ORIGIN'] || '',
    repository,
    pages: all,
    sidebar: sidebarOf(read('docs/README.md'), all),
  };
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The page of a package ends with the way to its names. */
function referenceLink(path: string, reference: ReadonlySet<string>): string {
  const target = path.replace(/^packages\//, 'reference/');
  return target !== path && reference.has(target)
    ? `\n## Reference\n\nEvery name that it exports, with its types: [reference](../${target}).\n`
    : '';
}

export function stage(site: Site): void {
  mkdirSync(staged, { recursive: true });
  cpSync(join(root, 'docs/images'), join(staged, 'images'), { recursive: true });
  mkdirSync(join(staged, 'public'), { recursive: true });
  cpSync(join(import.meta.dirname, 'icon.svg'), join(staged, 'public/icon.svg'));
  for (const page of site.pages) write(page.path, frontmatterOf(page, site.repository) + page.text);
  const { base, origin, repository } = site;
  const sidebar = sidebarsOf(site.sidebar);
  writeFileSync(join(dist, 'site.json'), JSON.stringify({ base, origin, repository, sidebar }));
}

/** Removes what an earlier build left: a page that is gone must not be found. */
export const clear = (): void => rmSync(dist, { recursive: true, force: true });

function write(path: string, text: string): void {
  const file = join(staged, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function frontmatterOf({ path, source, summary }: Page, repository: string): string {
  const lines = [
    `description: ${JSON.stringify(summary)}`,
    `twin: ${JSON.stringify(path)}`,
    ...(source === undefined
      ? ['editLink: false']
      : [`edit: ${JSON.stringify(`${repository}/edit/main/${source}`)}`]),
    ...(path === 'index.md' ? ['sidebar: false', 'aside: false', 'pageClass: landing'] : []),
  ];
  return `---\n${lines.join('\n')}\n---\n\n`;
}

function isFolder(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
}
