import { Toll } from './toll.ts';
import type { Piece } from './places.ts';
import {
  classesOf,
  descendants,
  isElement,
  pieces,
  type ElementNode,
  type PageNode,
  type TextNode,
} from './tree.ts';

/** What holds a formula with its pictures and its copies for those who cannot see them. */
const CONTAINER = /^(?:katex(?:-display|-mathml)?|mwe-math-element|tex-?math|ltx_Math)$/;
/** What shows a formula beside the script that has it as it was written. */
const PREVIEW =
  /^(?:MathJax(?:_(?:Preview|Display|SVG|SVG_Display|CHTML|MathML|PlainSource))?|MJXc-display|mjx-chtml)$/;
/** A picture that says in its `alt` which formula it shows, as MediaWiki and WordPress write it. */
const PICTURE = /^(?:mwe-math-\S+|tex|latex|math)$/;

/** A formula: as LaTeX where the page has it, else as it reads in a line. */
export interface Formula {
  readonly pieces: readonly Piece[];
  readonly isLatex: boolean;
  /** It stands on a line of its own. */
  readonly isDisplay: boolean;
}

/** Whether an element is a formula by what it is, or a container of one by what it says. */
export function isFormula(element: ElementNode): 'element' | 'container' | undefined {
  const { name, attributes, formulas } = element;
  if (name === 'math' || isTexScript(element)) return 'element';
  if (name === 'mjx-container') return 'container';
  if (attributes['class'] === undefined) return undefined;
  const words = classesOf(element);
  if (name === 'img') return words.some((word) => PICTURE.test(word)) ? 'element' : undefined;
  // What holds several is a part of the page that is called so.
  return formulas < 2 && words.some((word) => CONTAINER.test(word) || PREVIEW.test(word))
    ? 'container'
    : undefined;
}

export function isPreview(element: ElementNode): boolean {
  return element.name === 'mjx-container' || classesOf(element).some((word) => PREVIEW.test(word));
}

export function isTexScript({ name, attributes }: ElementNode): boolean {
  return name === 'script' && /^math\/tex\b/i.test(attributes['type'] ?? '');
}

/** Undefined where there is nothing that says the formula, or much besides: its text is what there is. Yields now and then. */
export function* formulaOf(element: ElementNode): Generator<void, Formula | undefined> {
  let alternative: string | undefined;
  let math: ElementNode | undefined;
  let latex: ElementNode | undefined;
  let isDisplay = isOnItsOwn(element);
  const toll = new Toll();
  for (const node of elementsFrom(element)) {
    if (toll.isDue()) yield;
    isDisplay ||= isOnItsOwn(node);
    if (isAnnotation(node) || isTexScript(node)) latex ??= node;
    const { alt, alttext } = node.attributes;
    alternative ??= node.attributes['data-latex'] ?? alttext ?? (node.name === 'img' ? alt : undefined);
    if (node.name === 'math') math ??= node;
  }
  if (element.letters > 8 * (math?.letters ?? element.letters) + 64) return undefined;
  if (latex !== undefined) return { pieces: piecesOf(latex), isLatex: true, isDisplay };
  if (alternative !== undefined && alternative.trim() !== '')
    return { pieces: [...pieces(alternative)].map(([text]) => ({ text })), isLatex: true, isDisplay };
  return math === undefined ? undefined : { pieces: yield* inLine(math), isLatex: false, isDisplay };
}

function* elementsFrom(root: ElementNode): Generator<ElementNode, undefined> {
  yield root;
  for (const node of descendants(root)) if (isElement(node)) yield node;
}

function isAnnotation({ name, attributes }: ElementNode): boolean {
  return name === 'annotation' && /\btex$|latex/i.test(attributes['encoding'] ?? '');
}

function isOnItsOwn(element: ElementNode): boolean {
  const { attributes } = element;
  return (
    attributes['display'] === 'block' ||
    attributes['display'] === 'true' ||
    /mode\s?=\s?display/.test(attributes['type'] ?? '') ||
    classesOf(element).some((word) =>
      /^(?:katex-display|MathJax_Display|mwe-math-(?:fallback-image|mathml)-display)$/.test(word),
    )
  );
}

function piecesOf(element: ElementNode): Piece[] {
  const found: Piece[] = [];
  for (const node of descendants(element)) if (!isElement(node)) found.push(node);
  return found;
}

/** Between the parts of an element of MathML, as it is written in a line. */
const BETWEEN: ReadonlyMap<string, readonly string[]> = new Map([
  ['msup', ['^']],
  ['mover', ['^']],
  ['msub', ['_']],
  ['munder', ['_']],
  ['msubsup', ['_', '^']],
  ['munderover', ['_', '^']],
  ['mfrac', ['/']],
]);
/** Operators that are not seen. */
const UNSEEN = /^[\s\u2061-\u2064]*$/;

/** MathML in a line: `x^2`, `(a+b)/c`, `sqrt(x)`. */
function* inLine(math: ElementNode): Generator<void, Piece[]> {
  const signs: Piece[] = [];
  const open: (PageNode | string)[] = [math];
  const toll = new Toll();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (toll.isDue()) yield;
    if (typeof next === 'string') signs.push({ text: next });
    else if (!isElement(next)) {
      if (!UNSEEN.test(next.text)) signs.push(trimmed(next));
    } else if (!next.name.startsWith('annotation'))
      // Not in one call: a formula may have more parts than a call takes arguments.
      for (const part of partsOf(next).toReversed()) open.push(part);
  }
  return signs;
}

/** White space around a sign is how the source is set. */
function trimmed({ text, start, end }: TextNode): Piece {
  const sign = text.trim();
  const from = start + text.indexOf(sign);
  return end - start === text.length
    ? { text: sign, start: from, end: from + sign.length }
    : { text: sign, start, end };
}

function partsOf({ name, children }: ElementNode): readonly (PageNode | string)[] {
  const between = BETWEEN.get(name);
  const elements = children.filter((child) => isElement(child));
  if (between !== undefined)
    return elements.flatMap((part, at) => {
      const mark = at === 0 ? undefined : between[at - 1];
      return [
        ...(mark === undefined ? [] : [mark]),
        ...(at > 0 || name === 'mfrac' ? grouped(part) : [part]),
      ];
    });
  if (name === 'msqrt') return ['sqrt(', ...children, ')'];
  if (name === 'mtr') return [...children, '; '];
  return name === 'mtd' ? [...children, ' '] : children;
}

/** In parentheses, unless it is one sign or number. */
function grouped(part: ElementNode): (PageNode | string)[] {
  const isOne = part.children.filter((child) => isElement(child)).length < 2;
  return isOne ? [part] : ['(', part, ')'];
}
