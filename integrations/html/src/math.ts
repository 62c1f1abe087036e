import type { Piece } from './places.ts';
import { classesOf, descendants, isElement, type ElementNode, type PageNode, type TextNode } from './tree.ts';

/** What holds a formula with its pictures and its copies for those who cannot see them. */
const CONTAINER = /^(?:katex(?:-display|-mathml)?|mwe-math-element|MathJax\w*|mjx-chtml|tex-?math|ltx_Math)$/;
/** A picture that says in its `alt` which formula it shows, as MediaWiki and WordPress write it. */
const PICTURE = /^(?:mwe-math-\S+|tex|latex|math)$/;
/** A picture of a formula beside the script that has it as it was written. */
const PREVIEW = /^(?:MathJax\w*|mjx-chtml)$/;

/** A formula: as LaTeX where the page has it, else as it reads in a line. */
export interface Formula {
  readonly pieces: readonly Piece[];
  readonly isLatex: boolean;
  /** It stands on a line of its own. */
  readonly isDisplay: boolean;
}

export function isFormula(element: ElementNode): boolean {
  const { name, attributes } = element;
  if (name === 'math' || name === 'mjx-container') return true;
  if (name === 'script') return isTexScript(element);
  if (attributes['class'] === undefined) return false;
  const said = name === 'img' ? PICTURE : CONTAINER;
  return classesOf(element).some((word) => said.test(word));
}

export function isPreview(element: ElementNode): boolean {
  return element.name === 'mjx-container' || classesOf(element).some((word) => PREVIEW.test(word));
}

function isTexScript({ name, attributes }: ElementNode): boolean {
  return name === 'script' && /^math\/tex\b/i.test(attributes['type'] ?? '');
}

/** Undefined where there is nothing that says the formula: its text is what there is. */
export function formulaOf(element: ElementNode): Formula | undefined {
  let alternative: string | undefined;
  let math: ElementNode | undefined;
  let isDisplay = isOnItsOwn(element);
  for (const node of [element, ...elementsIn(element)]) {
    isDisplay ||= isOnItsOwn(node);
    if (isAnnotation(node) || isTexScript(node)) return { pieces: piecesOf(node), isLatex: true, isDisplay };
    const { alt, alttext } = node.attributes;
    alternative ??= node.attributes['data-latex'] ?? alttext ?? (node.name === 'img' ? alt : undefined);
    if (node.name === 'math') math ??= node;
  }
  if (alternative !== undefined && alternative.trim() !== '')
    return { pieces: [{ text: alternative }], isLatex: true, isDisplay };
  return math === undefined ? undefined : { pieces: inLine(math), isLatex: false, isDisplay };
}

function* elementsIn(root: ElementNode): Generator<ElementNode, undefined> {
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
  const pieces: Piece[] = [];
  for (const node of descendants(element)) if (!isElement(node)) pieces.push(node);
  return pieces;
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
function inLine(math: ElementNode): Piece[] {
  const pieces: Piece[] = [];
  const open: (PageNode | string)[] = [math];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') pieces.push({ text: next });
    else if (!isElement(next)) {
      if (!UNSEEN.test(next.text)) pieces.push(trimmed(next));
    } else if (!next.name.startsWith('annotation')) open.push(...partsOf(next).toReversed());
  }
  return pieces;
}

/** White space around a sign is how the source is set. */
function trimmed({ text, start, end }: TextNode): Piece {
  const sign = text.trim();
  const from = start + text.indexOf(sign);
  return end - start === text.length
    ? { text: sign, start: from, end: from + sign.length }
    : { text: sign, start, end };
}

function partsOf({ name, children }: ElementNode): (PageNode | string)[] {
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
