/** A heading in HTML, which may go over several lines. */
export interface HtmlHeading {
  readonly level: number;
  readonly start: number;
  /** What stands in it so far. */
  readonly source: string;
  readonly isClosed: boolean;
}

/** The most UTF-16 units of a title; the text keeps the rest. */
const LONGEST_TITLE = 500;

/** A heading in HTML that has not ended after so many characters is none. */
const LONGEST_HTML = 2_000;

/** The heading that a line of HTML begins or goes on with; undefined: none. */
export function htmlHeading(
  line: string,
  start: number,
  open: HtmlHeading | undefined,
): HtmlHeading | undefined {
  const begin = open === undefined ? /^<h([1-6])(?=[\s>]|$)/i.exec(line) : undefined;
  if (open === undefined && begin == null) return undefined;
  const level = open?.level ?? Number(begin?.[1]);
  const source = open === undefined ? line : `${open.source} ${line}`;
  const end = source.slice(0, LONGEST_HTML).search(/<\/h[1-6]\s?>/i);
  if (end === -1 && source.length > LONGEST_HTML) return undefined;
  return {
    level,
    start: open?.start ?? start,
    source: end === -1 ? source : source.slice(0, end),
    isClosed: end !== -1,
  };
}

/** Without links, images, tags and emphasis: what a reader sees. At most 500 characters. */
export function plainHeading(heading: string): string {
  return heading
    .slice(0, LONGEST_TITLE)
    .replace(/!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])/g, '')
    .replace(/\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/[`*]|(?<!\w)_|_(?!\w)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
