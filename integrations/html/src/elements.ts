/** Attributes as the parser gives them. */
export type Attributes = Readonly<Record<string, string>>;

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Nothing in them is text of the page. */
const NO_TEXT = set(
  'script style noscript template svg math iframe object canvas audio video select textarea button datalist',
);

/** Around the content of a page, not part of it. */
const BOILERPLATE = set('nav aside footer dialog menu');
const BOILERPLATE_ROLES = set(
  'navigation contentinfo complementary search dialog alertdialog menu menubar toolbar',
);

/** They begin on a line of their own. */
export const BLOCKS = set(
  'address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul',
);

export function isWithoutText(name: string, attributes: Attributes): boolean {
  return NO_TEXT.has(name) || 'hidden' in attributes || /display\s*:\s*none/i.test(attributes['style'] ?? '');
}

export function isBoilerplate(name: string, attributes: Attributes): boolean {
  return (
    BOILERPLATE.has(name) ||
    BOILERPLATE_ROLES.has(attributes['role'] ?? '') ||
    attributes['aria-hidden'] === 'true'
  );
}

/** The head of a page is around its content, that of an article is part of it: it holds the heading. */
export function isPageHeader(name: string, attributes: Attributes): boolean {
  return name === 'header' || attributes['role'] === 'banner';
}

export function isMain(name: string, attributes: Attributes): boolean {
  return name === 'main' || attributes['role'] === 'main';
}

export function headingLevel(name: string): number | undefined {
  return /^h[1-6]$/.test(name) ? Number(name[1]) : undefined;
}

/** `language-js` or `lang-js`, as highlighters name it. */
export function codeLanguage(attributes: Attributes): string {
  return /(?:^|\s)lang(?:uage)?-([\w+#.-]+)/.exec(attributes['class'] ?? '')?.[1] ?? '';
}
