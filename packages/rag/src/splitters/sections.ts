/** A stretch of a text under one heading, in UTF-16 units. The heading's own line belongs to it. */
export interface Section {
  readonly start: number;
  readonly end: number;
  /** The headings above the text and its own, outermost first. */
  readonly headings: readonly string[];
}

/** A text without structure. */
export function wholeText(text: string): Section[] {
  return text.trim() === '' ? [] : [{ start: 0, end: text.length, headings: [] }];
}

/**
 * The sections of a Markdown text: headings with `#`, underlined ones and `<h1>` to `<h6>` on one line, outside of
 * code, down to `deepest`. A heading without text of its own belongs to the section that follows.
 */
export function markdownSections(text: string, deepest = 6): Section[] {
  const sections: Section[] = [];
  let open: { start: number; headings: string[]; levels: number[] } = { start: 0, headings: [], levels: [] };
  let hasBody = false;

  for (const line of scanLines(text)) {
    if (line.heading === undefined || line.heading.level > deepest) {
      hasBody ||= line.text.trim() !== '';
      continue;
    }
    const { level, title } = line.heading;
    const kept = open.levels.filter((above) => above < level).length;
    const headings = [...open.headings.slice(0, kept), title];
    const levels = [...open.levels.slice(0, kept), level];
    if (hasBody) sections.push({ start: open.start, end: line.start, headings: open.headings });
    open = { start: hasBody ? line.start : open.start, headings, levels };
    hasBody = false;
  }
  if (text.slice(open.start).trim() !== '') {
    sections.push({ start: open.start, end: text.length, headings: open.headings });
  }
  return sections;
}

/** The first heading of the first level. */
export function markdownTitle(text: string): string | undefined {
  for (const { heading } of scanLines(text))
    if (heading?.level === 1 && heading.title !== '') return heading.title;
  return undefined;
}

interface Line {
  readonly start: number;
  readonly text: string;
  readonly heading?: { readonly level: number; readonly title: string };
}

/** Underlined headings come as one line, of the heading and its underline. */
function* scanLines(text: string): Generator<Line> {
  let fence: string | undefined;
  let held: Line | undefined;
  for (const line of linesOf(text)) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line.text)?.[1];
    const underline = fence === undefined ? /^ {0,3}(={2,}|-{3,})[ \t]*$/.exec(line.text)?.[1] : undefined;
    if (held !== undefined && underline !== undefined && /^ {0,3}[^\s>|#<*+-]/.test(held.text)) {
      yield { ...held, heading: { level: underline.startsWith('=') ? 1 : 2, title: plain(held.text) } };
      held = undefined;
      continue;
    }
    if (held !== undefined) yield held;
    const heading = fence === undefined && marker === undefined ? headingOf(line.text) : undefined;
    held = heading === undefined ? line : { ...line, heading };
    if (marker !== undefined && fence === undefined) fence = marker;
    else if (marker !== undefined && closes(line.text, fence as string)) fence = undefined;
    if (fence !== undefined || heading !== undefined || line.text.trim() === '') {
      yield held;
      held = undefined;
    }
  }
  if (held !== undefined) yield held;
}

function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    yield { start, text: text.slice(start, end).replace(/\r$/, '') };
    start = end + 1;
  }
}

function closes(line: string, fence: string): boolean {
  const marker = line.trim();
  return marker.length >= fence.length && marker === (fence[0] as string).repeat(marker.length);
}

function headingOf(line: string): Line['heading'] {
  const hashes = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/.exec(line);
  if (hashes !== null) {
    const title = (hashes[2] ?? '').replace(/(^|[ \t]+)#+[ \t]*$/, '');
    return { level: (hashes[1] as string).length, title: plain(title) };
  }
  const html = /^\s*<h([1-6])\b[^>]*>(.*)<\/h\1>\s*$/i.exec(line);
  return html === null ? undefined : { level: Number(html[1]), title: plain(html[2] as string) };
}

/** Without links, images, tags and emphasis: what a reader sees. */
function plain(heading: string): string {
  return heading
    .replace(/!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])/g, '')
    .replace(/\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/[`*]|(?<!\w)_|_(?!\w)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
