import { MortiseError } from '../errors.ts';
import { reading } from './options.ts';

/**
 * Text that is not trusted, between tags that it cannot close: `<document>` and `</document>`, or, when the text
 * itself speaks of such a tag, `<document-2>` with the first number that it does not mention. The text is kept
 * character for character, so that quotes and offsets stay true; the same text gives the same tags.
 *
 * `beside` is what else the prompt has that is not trusted: it cannot speak of the tag either. `label` says what it is: letters, digits, `-` and `_`, beginning with a letter. What is inside is still read by the
 * model: say in the prompt that it is data and holds no instructions.
 */
export function delimited(text: string, label: string, beside: readonly string[] = []): string {
  if (typeof label !== 'string' || !/^[A-Za-z][\w-]*$/.test(label)) {
    const message =
      'The label of delimited() is a word: letters, digits, - and _, beginning with a letter. A title or a file name belongs inside the text.';
    throw new MortiseError('validation', message);
  }
  if (typeof text !== 'string')
    throw new MortiseError('validation', `What is delimited as ${label} is not a string.`);
  const tag = reading('What stands beside it', () => freeTag(label, [text, ...beside]), 'validation');
  return `<${tag}>\n${text}\n</${tag}>`;
}

/** What has no shape, is a gap (U+2800 is the blank of Braille), or only stands on or through a letter. */
const SHAPELESS = /[\p{Cf}\p{Cc}\p{Cs}\p{M}\p{Z}\s\p{Default_Ignorable_Code_Point}\u2800]/gv;

/** Letters and signs alone: accents, which are a sign of their own in NFKD, are gone with the gaps. */
function bare(text: string): string {
  return text.normalize('NFKD').replaceAll(SHAPELESS, '');
}

/**
 * A name of a tag that none of the texts opens or closes, or seems to: in another case, in full-width letters, with accents,
 * gaps, line breaks or characters without a shape within the word. `word` itself, or what `nameOf` makes of the first number
 * from 2 that no such tag has, behind the word or behind a dash. Linear: one pass collects the numbers in use.
 */
export function freeTag(
  word: string,
  texts: readonly string[],
  nameOf: (number: number) => string = (number) => `${word}-${number}`,
): string {
  const used = new Set<number>();
  const tags = new RegExp(`</*${bare(word)}(?:-?(\\d{1,15}))?`, 'giu');
  for (const text of texts) {
    for (const [tag, number] of bare(text).matchAll(tags)) {
      if (number !== undefined) used.add(Number(number));
      // `<document2` may be read as the word with more behind it.
      if (number === undefined || !tag.includes('-', word.length)) used.add(1);
    }
  }
  let number = 1;
  while (used.has(number)) number++;
  return number === 1 ? word : nameOf(number);
}
