import { inColumns } from './columns.ts';
import { mendHyphens } from './hyphens.ts';
import { joined } from './line.ts';
import { isOneLine, isTwice, measured, type Piece, type TextItem, type TextStyles } from './pieces.ts';

/**
 * The text of a page, in the order in which the file draws it, which is nearly always that of reading.
 *
 * What stands on one line is put from left to right (or the other way, where the script does so) and gets a space where
 * there is a gap: table cells and headings are often drawn one by one, in any order, without a space between them.
 * Columns of prose that are drawn line by line, across both, are read one after the other. What is drawn twice at one
 * place, to look bold, counts once. Words cut at the end of a line are mended.
 */
export function layOut(items: readonly TextItem[], styles: TextStyles): string {
  const lines: Piece[][] = [];
  // The text of a form that a program makes anew has no places.
  const texts: string[] = [];
  let line: Piece[] = [];
  let isApart = false;
  const end = (): void => {
    if (line.length > 0) lines.push(line);
    line = [];
    isApart = false;
  };
  const drawn = new Set<string>();
  for (const item of items) {
    const { str: text, transform } = item;
    if (text === undefined) continue;
    if (text.trim() === '') isApart = true;
    else if (transform === undefined) texts.push(text);
    else {
      const piece = measured(item, text, transform, styles, isApart);
      if (!isTwice(piece, drawn)) {
        if (line.length > 0 && !isOneLine(line, piece)) end();
        line.push(piece);
      }
      isApart = false;
    }
    if (item.hasEOL === true) end();
  }
  end();
  return mendHyphens([...texts, ...stacked(inColumns(lines))]);
}

/** The texts of lines; characters that stand upright one below the other, as columns are at times drawn, as one. */
function stacked(lines: readonly (readonly Piece[])[]): string[] {
  const texts: string[] = [];
  let above: Piece | undefined;
  for (const line of lines) {
    const [piece] = line;
    const alone = piece !== undefined && line.length === 1 && IDEOGRAPH.test(piece.text) ? piece : undefined;
    if (above !== undefined && alone !== undefined && isBelow(above, alone))
      texts.push(`${texts.pop() ?? ''}${alone.text}`);
    else texts.push(joined(line));
    above = alone;
  }
  return texts;
}

/** One character of a script that is also written from top to bottom. */
const IDEOGRAPH =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\u30FC\uFE10-\uFE1F\uFE30-\uFE4F\uFF00-\uFFEF]$/u;

function isBelow(above: Piece, piece: Piece): boolean {
  const down = (above.across - piece.across) / above.size;
  return Math.abs(above.start - piece.start) < above.size && down > 0.5 && down < 1.5;
}
