import { Toll } from './toll.ts';
import { PlacedText, type Piece } from './places.ts';

/** A paragraph, a heading, an item, a row: what stands on lines of its own. */
export interface Block {
  readonly kind: 'text' | 'heading' | 'item' | 'row' | 'code';
  /** In front of its first line, and of the others. */
  readonly prefix: string;
  readonly indent: string;
  readonly pieces: Piece[];
  /** Blocks of one list or table stand close to each other. */
  readonly group?: number;
  /** Within the element that holds the content. */
  readonly isContent: boolean;
  /** Within the head of the page. */
  readonly isHeader: boolean;
}

/** What is part of the page's content, as far as the page says; all of it where that would leave nothing. */
export function contentOf(blocks: readonly Block[], saysContent: boolean): readonly Block[] {
  const content = blocks.filter(({ isContent, isHeader, kind }) =>
    saysContent ? isContent : !isHeader || kind === 'heading',
  );
  return content.length > 0 ? content : blocks;
}

/** The blocks as Markdown, each character with its place in the source. Yields now and then. */
export function* assemble(blocks: readonly Block[]): Generator<void, PlacedText> {
  const result = new PlacedText();
  const toll = new Toll();
  for (const [at, block] of blocks.entries()) {
    if (toll.isDue()) yield;
    const before = blocks[at - 1];
    const isClose = before?.group !== undefined && before.group === block.group && before.kind === block.kind;
    if (before !== undefined) result.add({ text: isClose ? '\n' : '\n\n' });
    yield* addBlock(result, block, toll);
  }
  return result;
}

function* addBlock(
  result: PlacedText,
  { kind, prefix, indent, pieces }: Block,
  toll: Toll,
): Generator<void, undefined> {
  result.add({ text: prefix });
  let isLineStart = kind !== 'heading' && kind !== 'code';
  for (const [at, piece] of pieces.entries()) {
    if (toll.isDue(piece.text.length)) yield;
    if (isLineStart && LOOKS_LIKE_MARKUP.test(lineFrom(pieces, at))) result.add({ text: '\\' });
    result.add(piece);
    if (kind === 'code') continue;
    isLineStart = piece.start === undefined && piece.text === '\n';
    if (isLineStart) result.add({ text: indent });
  }
}

/** The beginning of a line that begins with a piece, with the end of the line where that is near. */
function lineFrom(pieces: readonly Piece[], from: number): string {
  let text = '';
  for (let at = from; at < pieces.length && text.length < 200; at += 1) text += pieces[at]?.text ?? '';
  return text.slice(0, 200);
}

/** Text that would be read as a heading or as the beginning of code; a backslash makes it text again. */
const LOOKS_LIKE_MARKUP = /^(?:#{1,6}(?:\s|$)|`{3}|~{3}|={2,}[ \t]*(?:\n|$)|-{3,}[ \t]*(?:\n|$)|<h[1-6]\b)/i;
