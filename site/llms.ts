import { addressOf, type Page } from './page.ts';
import type { Item } from './sidebar.ts';

/** More than this is no text to hand to a model: about a quarter of a million tokens. */
export const MAX_FULL_BYTES = 1_000_000;

const ABOUT =
  'Mortise connects a TypeScript application to any language model, embedding model, retriever or output parser through one small set of contracts.';

/** What begins, in the words that say why. */
const FIRST: readonly Item[] = [
  { text: 'Short programs to begin with', link: '/programs' },
  { text: 'Every guide, by what you want to do', link: '/start' },
  { text: 'Whole programs to copy', link: '/cookbook/' },
];
/** What llmstxt.org wants under `Optional`: nobody needs it who uses the packages. */
const OPTIONAL = /^(?:decisions|releases|spec)\//;

/** A page as agents read it: the Markdown of the page, without what only its HTML needs. */
export const twinOf = ({ text }: Page): string => text.replaceAll(/^(#+ .*) \{#[\w-]+\}$/gm, '$1');

/** Where the Markdown of a page stands, from `root`, which ends with a slash. */
const twinAddress = (root: string, { path }: Page): string => `${root}${path}`;

/**
 * The list of all pages for agents, in the form of llmstxt.org: a link and a sentence each. `root` is the address of the
 * site, or its base, with a slash at the end.
 */
export function llmsTxt(root: string, pages: readonly Page[], sidebar: readonly Item[]): string {
  const needed = pages.filter(({ path }) => !OPTIONAL.test(path));
  const byAddress = new Map(needed.map((page) => [`/${addressOf(page.path)}`, page]));
  const listed = new Set<Page>();
  const lines = ({ link, items = [] }: Item, text?: string): string[] => {
    const page = byAddress.get(link?.split('#', 1)[0] ?? '');
    const own = page === undefined || listed.has(page) ? [] : [line(page, text)];
    if (page !== undefined) listed.add(page);
    return [...own, ...items.flatMap((item) => lines(item, item.text))];
  };
  const line = (page: Page, want?: string): string =>
    `- [${page.title}](${twinAddress(root, page)}): ${want === undefined || want === page.title ? '' : `${want}. `}${page.summary}`;
  const [start, ...others] = sidebar;
  const groups = [{ text: 'Start', items: [...FIRST, ...(start?.items ?? [])] }, ...others];
  const sections = groups.flatMap((group) => {
    const found = lines(group);
    return found.length === 0 ? [] : [`## ${group.text}`, found.join('\n')];
  });
  const rest = pages.filter((page) => !listed.has(page) && page.path !== 'index.md');
  return `${[
    '# Mortise',
    `> ${ABOUT}`,
    `Install \`@mortise/core\`, \`@mortise/toolkit\` and a provider such as \`@mortise/openai\`; \`@mortise/rag\` answers from documents. Every page below is Markdown; the same address without \`.md\` is the page for people. All guides in one file: [llms-full.txt](${root}llms-full.txt).`,
    ...sections,
    '## Optional',
    rest.map((page) => line(page)).join('\n'),
  ].join('\n\n')}\n`;
}

/** The first page, the guides and the cookbook in one text, in the order of the sidebar. */
export function llmsFull(pages: readonly Page[], sidebar: readonly Item[]): string {
  const order = sidebar.flatMap(({ items = [] }) => items.map(({ link = '' }) => link.split('#', 1)[0]));
  const place = (page: Page): number => order.indexOf(`/${addressOf(page.path)}`);
  const chosen = pages
    .filter(({ path }) => /^(?:index|start|programs|terms|providers)\.md$|^(?:guides|cookbook)\//.test(path))
    .toSorted((a, b) => place(a) - place(b));
  return `${chosen.map((page) => `<!-- ${page.path} -->\n\n${twinOf(page).trim()}`).join('\n\n---\n\n')}\n`;
}
