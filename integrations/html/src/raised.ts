import { beginningOf, classesOf, isElement, type ElementNode, type PageNode } from './tree.ts';

/** What stands before and behind a text that is raised or lowered. */
export interface Mark {
  readonly before: string;
  readonly after: string;
}

const NONE: Mark = { before: '', after: '' };
const WORD = /[\p{L}\p{N}\p{M})\]}’'"”]/u;
const ORDINAL = /^(?:st|nd|rd|th|er|re|ère|ème)$/i;
/** Signs that are raised by custom, and mean the same in the line. */
const SIGN = /^[\p{S}\p{P}ªº]+$/u;
const ONE = /^[+\-−±]?[\p{L}\p{N}\p{M}.,]+[+\-−]?$/u;
const NOTE = /^(?:(?:foot|end)?note.*|fn.*|reference|citation|cite.*)$/i;

/**
 * `10^6`, `H_2O`, `x^(n+1)`: the raised part does not belong to the word before it. Markers of notes are `[^1]`, ordinals (`1st`)
 * and signs (`©`) stay as they are; so does what stands behind no word, and what is a text of its own.
 */
export function markOf(
  element: ElementNode,
  before: string,
  following: readonly (PageNode | undefined)[],
  isInNote: boolean,
): Mark {
  const text = beginningOf(element, 64).trim();
  if (text === '' || !WORD.test(before)) return NONE;
  const isRaised = element.name === 'sup';
  if (isRaised && (isInNote || isNote(element)))
    return text.startsWith('[') || text.startsWith('(') ? NONE : { before: '[^', after: ']' };
  if (isRaised && isNumerator(following)) return { before: ' ', after: '' };
  if (isRaised && /\p{N}/u.test(before) && ORDINAL.test(text)) return NONE;
  if (SIGN.test(text) && !/^[+\-−]$/.test(text)) return NONE;
  const mark = isRaised ? '^' : '_';
  if (ONE.test(text) && text.length < 64) return { before: mark, after: '' };
  if (/\s\S+\s/.test(text)) return { before: ' ', after: '' };
  return { before: `${mark}(`, after: ')' };
}

function isNote(element: ElementNode): boolean {
  const { attributes, children } = element;
  if (/^fn|^cite/.test(attributes['id'] ?? '') || classesOf(element).some((word) => NOTE.test(word)))
    return true;
  const link = children.find((child) => isElement(child));
  if (link === undefined || link.name !== 'a') return false;
  return link.attributes['role'] === 'doc-noteref' || (link.attributes['href'] ?? '').includes('#');
}

/** `3<sup>1</sup>/<sub>2</sub>` is three and a half. */
function isNumerator([slash, below]: readonly (PageNode | undefined)[]): boolean {
  if (isElement(slash)) return false;
  return /^[/⁄]$/.test(slash?.text ?? '') && isElement(below) && below.name === 'sub';
}
