/** What a page draws, operator by operator, as pdf.js gives it. */
export interface OperatorList {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly (readonly unknown[] | null)[];
}

/** By how much of a letter's size (in thousandths) the next one is moved on where a space is meant. */
const SPACE = -200;

/**
 * The text that annotations draw, by their ids: what a stamp or a signature shows, of which pdf.js says nothing else. A
 * line for each that begins at a place of its own.
 */
export function appearanceTexts(
  { fnArray, argsArray }: OperatorList,
  ops: Readonly<Record<string, number>>,
): Map<string, string> {
  const texts = new Map<string, string>();
  const breaks = new Set([ops['beginText'], ops['nextLine'], ops['setTextMatrix']]);
  let id: string | undefined;
  let text = '';
  for (const [at, operator] of fnArray.entries()) {
    const args = argsArray[at] ?? [];
    if (operator === ops['beginAnnotation']) [id, text] = [String(args[0]), ''];
    else if (id === undefined) continue;
    else if (operator === ops['showText']) text += shown(args[0]);
    else if (operator === ops['moveText']) text += args[1] === 0 ? ' ' : '\n';
    else if (breaks.has(operator)) text += '\n';
    else if (operator === ops['endAnnotation']) {
      texts.set(id, plain(text));
      id = undefined;
    }
  }
  return texts;
}

function shown(glyphs: unknown): string {
  if (!Array.isArray(glyphs)) return '';
  return glyphs
    .map((glyph: { readonly unicode?: unknown } | number | null) => {
      if (typeof glyph === 'number') return glyph < SPACE ? ' ' : '';
      return typeof glyph?.unicode === 'string' ? glyph.unicode : '';
    })
    .join('');
}

function plain(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  return lines.filter((line) => line !== '').join('\n');
}
