import { dirname, join, relative } from 'node:path/posix';

/** A page of the site, as Markdown. */
export interface Page {
  /** Where it stands on the site, such as `guides/tools.md`. */
  readonly path: string;
  /** Its file in the repository; undefined for a page that was made. */
  readonly source: string | undefined;
  readonly title: string;
  /** Its first sentence, as plain text. */
  readonly summary: string;
  readonly text: string;
}

/** Where a file of the repository stands on the site; undefined for one that is not shown there. */
export function pathOf(file: string): string | undefined {
  if (file === 'site/home.md') return 'index.md';
  if (file === 'docs/README.md') return 'start.md';
  if (file === 'README.md') return 'programs.md';
  if (file === 'CONTRIBUTING.md') return 'contributing.md';
  const [, name] = /^(?:packages|integrations)\/([\w-]+)\/README\.md$/.exec(file) ?? [];
  if (name !== undefined) return `packages/${name}.md`;
  const [, path] = /^docs\/(.+\.md)$/.exec(file) ?? [];
  return path?.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The address of a page, from the site's root and without a slash before it: `guides/tools`, `decisions/`. */
export const addressOf = (path: string): string => path.replace(/(^|\/)index\.md$|\.md$/, '$1');

export function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? '';
}

/** The first sentence below the title: plain text, without links and marks. */
export function summaryOf(text: string): string {
  const paragraphs = text.replaceAll(/<!--[^]*?-->|```[^]*?```/g, '').split(/\n{2,}/);
  const first = paragraphs.map((each) => each.trim()).find((each) => /^[^#|>\-:\s]/.test(each)) ?? '';
  const plain = first
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\s+/g, ' ');
  return /^(?:\([^)]*\)|[^(.:?]|[.:?](?! |$))*[.:?](?= |$)/.exec(plain)?.[0].replace(/:$/, '.') ?? plain;
}

/** What the links of a page may lead to. */
export interface Targets {
  /** The files that are pages of the site. */
  readonly pages: ReadonlySet<string>;
  /** What a browser takes for the repository, such as `https://github.com/owner/name`. */
  readonly repository: string;
  /** Whether a path of the repository is a folder. */
  readonly isFolder: (path: string) => boolean;
}

/** Program text, in which nothing is a link; or a link: whether it is a picture, its label, its target and its anchor. */
const LINK = /^ *```[^]*?^ *```|(!?)\[((?:`[^`]*`|[^\]`])*)\]\(([^)#\s]*)(#[^)\s]*)?\)|`[^`]*`/gm;

/**
 * `text` of `file` with the links of its page: to pages of the site by their place there, to all else of the repository by
 * its address. Pictures stay, since they stand beside the pages as they do beside the files.
 */
export function relink(file: string, text: string, { pages, repository, isFolder }: Targets): string {
  const here = dirname(pathOf(file) ?? file);
  const link = (whole: string, picture = '', label = '', target = '', anchor = ''): string => {
    if (/^[a-z]+:/.test(target) || target === '') return whole;
    const path = join(dirname(file), target).replace(/\/$/, '');
    const page = pages.has(path) ? path : pages.has(`${path}/README.md`) ? `${path}/README.md` : undefined;
    if (page !== undefined) return `${picture}[${label}](${between(here, pathOf(page) ?? page)}${anchor})`;
    if (picture !== '' && path.startsWith('docs/images/'))
      return `![${label}](${between(here, path.slice('docs/'.length))})`;
    return `${picture}[${label}](${repository}/${isFolder(path) ? 'tree' : 'blob'}/main/${path}${anchor})`;
  };
  return text.replaceAll(LINK, link);
}

/** The link from a page in `folder` to the one at `path`. */
export function between(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith('.') ? way : `./${way}`;
}

/** The anchor that GitHub gives a heading, so that one link serves both. */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
