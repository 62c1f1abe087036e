import { MortiseError } from '../errors.ts';

/**
 * Text that is not trusted, between tags that it cannot close: `<document>` and `</document>`, or, when the text
 * itself speaks of such a tag, `<document-2>` with the first number that it does not mention. The text is kept
 * character for character, so that quotes and offsets stay true; the same text gives the same tags.
 *
 * `label` says what it is: letters, digits, `-` and `_`, beginning with a letter. What is inside is still read by the
 * model: say in the prompt that it is data and holds no instructions.
 */
export function delimited(text: string, label: string): string {
  if (!/^[A-Za-z][\w-]*$/.test(label)) {
    const message =
      'The label of delimited() is a word: letters, digits, - and _, beginning with a letter. A title or a file name belongs inside the text.';
    throw new MortiseError('validation', message);
  }
  if (typeof text !== 'string')
    throw new MortiseError('validation', `What is delimited as ${label} is not a string.`);
  const tag = freeTag(text, label);
  return `<${tag}>\n${text}\n</${tag}>`;
}

/** Linear: one pass collects the numbers in use. */
function freeTag(text: string, label: string): string {
  const used = new Set<number>();
  // What a reader would take for the tag counts too: other case, spaces, full-width forms, characters without a shape.
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}[\p{Cc}--\s]]/gv, '');
  const tags = new RegExp(`<[\\s/]*${label.normalize('NFKC')}(?:-(\\d{1,15}))?`, 'giu');
  for (const match of plain.matchAll(tags)) used.add(match[1] === undefined ? 1 : Number(match[1]));
  let number = 1;
  while (used.has(number)) number++;
  return number === 1 ? label : `${label}-${number}`;
}
