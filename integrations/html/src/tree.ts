import type { Range } from './places.ts';

/** Attributes as the parser gives them: names in lower case, the first of two. */
export type Attributes = Readonly<Record<string, string>>;

/** A run of text between two tags or references, and where it stands in the source. */
export interface TextNode extends Range {
  readonly text: string;
}

/** An element with what is in it. */
export interface ElementNode {
  readonly name: string;
  readonly attributes: Attributes;
  readonly parent: ElementNode | undefined;
  readonly children: PageNode[];
  /** How many characters of text are in it, about; scripts, styles and the like count nothing. */
  letters: number;
  /** All the text in it is digits, spaces and what stands behind a line's number. */
  isNumbers: boolean;
}

export type PageNode = ElementNode | TextNode;

export function isElement(node: PageNode | undefined): node is ElementNode {
  return node !== undefined && 'name' in node;
}

/** The words of its `class`. */
export function classesOf({ attributes }: Pick<ElementNode, 'attributes'>): string[] {
  const value = attributes['class'];
  return value === undefined ? [] : value.split(/[ \t\r\n\f]+/).filter((word) => word !== '');
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
