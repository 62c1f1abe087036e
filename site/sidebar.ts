import { join } from 'node:path/posix';
import { addressOf, pathOf, type Page } from './page.ts';

/** As VitePress takes it. */
export interface Item {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly Item[];
}

/** The sidebar, by what a reader wants: the tables of `docs/README.md`, then what lies in folders. */
export function sidebarOf(start: string, pages: readonly Page[]): Item[] {
  const known = new Map(pages.map((page) => [page.path, page]));
  const item = (path: string, text?: string): Item[] => {
    const page = known.get(path);
    return page === undefined ? [] : [{ text: text ?? page.title, link: `/${addressOf(path)}` }];
  };
  const inFolder = (folder: string): Item[] =>
    pages
      .filter(({ path }) => path.startsWith(`${folder}/`) && path !== `${folder}/index.md`)
      .toSorted((a, b) => a.title.localeCompare(b.title))
      .map(({ path, title }) => ({ text: title, link: `/${addressOf(path)}` }));
  const group = (text: string, items: readonly Item[], isOpen = false): Item[] =>
    items.length === 0 ? [] : [{ text, collapsed: !isOpen, items }];
  return [
    {
      text: 'Start',
      items: [...item('start.md'), ...item('programs.md'), ...item('terms.md')],
    },
    ...tablesOf(start).flatMap(({ heading, rows }) =>
      group(
        heading,
        rows.flatMap(({ text, path, anchor }) =>
          item(path, text).map((each) => ({ ...each, link: `${each.link ?? ''}${anchor}` })),
        ),
        true,
      ),
    ),
    ...group('Cookbook', [...item('cookbook/index.md', 'All programs'), ...inFolder('cookbook')], true),
    ...group('What it does, seen', [...item('providers.md'), ...item('matrix.md'), ...item('comparison.md')]),
    ...group('Packages', inFolder('packages')),
    ...group('Reference', [...item('reference/index.md', 'All entry points'), ...referenceItems(pages)]),
    ...group('Rules of the contracts', inFolder('spec')),
    ...group('Releases', inFolder('releases').toReversed()),
    ...group('The project', [...item('contributing.md'), ...item('decisions/index.md')]),
  ];
}

/** What stands beside a page: all but the lists of names, rules and packages, which stand beside their own pages. */
export function sidebarsOf(groups: readonly Item[]): Record<string, readonly Item[]> {
  const folderOf = ({ items = [] }: Item): string =>
    /^\/(reference|packages|spec)\//.exec(items[0]?.link ?? '')?.[0] ?? '/';
  const [start, ...others] = groups.filter((group) => folderOf(group) === '/');
  const folders = groups.filter((group) => folderOf(group) !== '/');
  const links = folders.map(({ text, items = [] }) => ({ text, link: items[0]?.link ?? '/' }));
  return {
    '/': [...(start === undefined ? [] : [start]), ...others, { text: 'Lists', items: links }],
    ...Object.fromEntries(
      folders.map((group) => [
        folderOf(group),
        [...(start === undefined ? [] : [start]), { ...group, collapsed: false }],
      ]),
    ),
  };
}

/** A package, and its entry points below it. */
function referenceItems(pages: readonly Page[]): Item[] {
  const paths = pages.filter(({ path }) => /^reference\/(?!index)/.test(path));
  return paths
    .filter(({ path }) => path.split('/').length === 2)
    .map(({ path, title }) => {
      const below = paths.filter((page) => page.path.startsWith(`${path.slice(0, -'.md'.length)}/`));
      const items = below.map((page) => ({
        text: page.title.replace(/^@mortise\//, ''),
        link: `/${addressOf(page.path)}`,
      }));
      const own = { text: title.replace(/^@mortise\//, ''), link: `/${addressOf(path)}` };
      return items.length === 0 ? own : { ...own, collapsed: true, items };
    });
}

export interface Row {
  /** What the reader wants, such as `Chat, stream`. */
  readonly text: string;
  readonly path: string;
  readonly anchor: string;
}

/** The tables of `docs/README.md` whose rows lead to pages: below their headings. */
export function tablesOf(start: string): { readonly heading: string; readonly rows: readonly Row[] }[] {
  return start
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      heading: section.slice(0, section.indexOf('\n')),
      rows: [...section.matchAll(/^\| *([^|]+?) *\| *\[[^\]]*\]\(([^)#]+)(#[^)]*)?\)/gm)].flatMap(
        ([, want = '', target = '', anchor = '']) => {
          const path = pathOf(join('docs', target));
          return path === undefined ? [] : [{ text: capitalised(want), path, anchor }];
        },
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
