import { classesOf, type Attributes, type ElementNode } from './tree.ts';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** They have no content, and no end. */
export const VOID = /* @__PURE__ */ set(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr',
);

/** Nothing in them is text of the page. */
export const NO_TEXT = /* @__PURE__ */ set(
  'script style noscript template svg iframe noframes noembed object canvas audio video select textarea datalist title clipboard-copy',
);

/** Around the content of a page, not part of it. */
const BOILERPLATE = /* @__PURE__ */ set('nav aside footer dialog menu search');
const BOILERPLATE_ROLES = /* @__PURE__ */ set(
  'navigation contentinfo complementary search dialog alertdialog menu menubar toolbar',
);

/** They begin on a line of their own. */
export const BLOCKS = /* @__PURE__ */ set(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp',
);

/** Text in them stands as it is written. */
export const VERBATIM = /* @__PURE__ */ set('pre listing plaintext xmp');

/** Parts of a text that may have a header and a footer of their own: those of a page are not in them. */
export const SECTIONS = /* @__PURE__ */ set(
  'article aside blockquote details fieldset figure li main nav section table',
);

/** Asides that belong to the text: notes, warnings, footnotes. */
const NOTE =
  /^(?:(?:foot|end|side|margin)notes?(?:-list|-definition)?|note|notes|admonition|callout|warning|caution|danger|attention|important|hint|tip|error|info|seealso|topic|alert|example)$/i;
const NOTE_ROLES = /* @__PURE__ */ set(
  'note doc-footnote doc-endnotes doc-endnote doc-tip doc-notice doc-example alert',
);

export function isBoilerplate(element: ElementNode): boolean {
  const { name, attributes } = element;
  const role = attributes['role'] ?? '';
  if (name === 'aside' && (NOTE_ROLES.has(role) || classesOf(element).some((word) => NOTE.test(word))))
    return false;
  return BOILERPLATE.has(name) || BOILERPLATE_ROLES.has(role);
}

/** The head of a page is around its content, that of an article is part of it: it holds the heading. */
export function isPageHeader({ name, attributes }: ElementNode): boolean {
  return name === 'header' || attributes['role'] === 'banner';
}

export function isMain({ name, attributes }: ElementNode): boolean {
  return name === 'main' || attributes['role'] === 'main';
}

export function headingLevel(name: string): number | undefined {
  return /^h[1-6]$/.test(name) ? Number(name[1]) : undefined;
}

/** Nobody sees it, whatever they do. What can be found by searching in the page is not hidden. */
export function isHidden(attributes: Attributes): boolean {
  const { hidden, style } = attributes;
  if (hidden !== undefined && hidden.toLowerCase() !== 'until-found') return true;
  return (
    style !== undefined &&
    /(?:^|[;\s])(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden)/i.test(style)
  );
}

/** An element beside a line of code that is not code: its number. */
const LINE_NUMBER =
  /line-?_?num|linenos?(?:div)?$|gutter|^lnt?$|^hljs-ln-n|blob-num|^lnos?$|code-line-no|^rouge-gutter$/i;

export function isLineNumber(element: ElementNode): boolean {
  return element.isNumbers && classesOf(element).some((word) => LINE_NUMBER.test(word));
}

/** A button that copies code, in whatever dress. */
const COPY = /copy.{0,20}(?:btn|button|clipboard)|(?:btn|button|clipboard).{0,20}copy/i;

export function isCopyButton(element: ElementNode): boolean {
  return element.letters <= 24 && COPY.test(element.attributes['class']?.slice(0, 4096) ?? '');
}
