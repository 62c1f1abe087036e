import type { Range } from './places.ts';

/** Attributes as the parser gives them: names in lower case, the first of two. */
export type Attributes = Readonly<Record<string, string>>;

/** A run of text between two tags or references, and where it stands in the source. */
export interface TextNode extends Range {
  text: string;
}

/** An element with what is in it. */
export interface ElementNode {
  readonly name: string;
  readonly attributes: Attributes;
  readonly parent: ElementNode | undefined;
  /** In order; of an element without any, an array that is shared. */
  children: readonly PageNode[];
  /** How many characters of text are in it, about; scripts, styles and the like count nothing. */
  letters: number;
  /** All the text in it is digits, spaces and what stands behind a line's number. */
  isNumbers: boolean;
  /** How many formulas are in it, itself included. */
  formulas: number;
}

export type PageNode = ElementNode | TextNode;

export function isElement(node: PageNode | undefined): node is ElementNode {
  return node !== undefined && 'name' in node;
}

/** The characters that a node is itself. */
export function lengthOf(node: PageNode | undefined): number {
  return node === undefined || isElement(node) ? 0 : node.text.length;
}

/** A longer value is not a list of classes. */
const MAX_CLASS = 4096;

/** The words of its `class`. */
export function classesOf({ attributes }: Pick<ElementNode, 'attributes'>): string[] {
  const value = attributes['class'];
  if (value === undefined) return [];
  return value
    .slice(0, MAX_CLASS)
    .split(/[ \t\r\n\f]+/)
    .filter((word) => word !== '');
}

/** Text is cut after so many characters, so that no step has to read more. */
const MAX_TEXT = 32_768;

/** The pieces of a long text, each with the place where it begins; no character is cut. */
export function* pieces(text: string): Generator<readonly [piece: string, at: number], undefined> {
  for (let at = 0; at < text.length;) {
    let end = at + MAX_TEXT;
    const unit = text.charCodeAt(end - 1);
    if (unit >= 0xd800 && unit < 0xdc00) end -= 1;
    yield [text.slice(at, end), at];
    at = end;
  }
}

/** Everything in an element, in the order of the source; `enter` says whether to go into an element. */
export function* descendants(
  root: ElementNode,
  enter: (element: ElementNode) => boolean = () => true,
): Generator<PageNode, undefined> {
  const open = [{ element: root, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = top.element.children[top.next++];
    if (child === undefined) {
      open.pop();
      continue;
    }
    yield child;
    if (isElement(child) && enter(child)) open.push({ element: child, next: 0 });
  }
}

/** The beginning of its text: at least `most` characters, where there are so many in its first 200 nodes. */
export function beginningOf(element: ElementNode, most: number): string {
  let text = '';
  let nodes = 0;
  for (const node of descendants(element)) {
    if (!isElement(node)) text += node.text.slice(0, most);
    if (text.length >= most || ++nodes >= 200) break;
  }
  return text;
}
