import type { Page } from './builder.ts';
import { isBoilerplate, isHidden } from './elements.ts';
import type { ElementNode } from './tree.ts';

/** Where the content of a page is, as far as it says so. */
export interface Content {
  /** The elements that hold it; none where the page does not say. */
  readonly roots: ReadonlySet<ElementNode>;
  /** What they are in: it cannot be left out, whatever it says of itself. */
  readonly around: ReadonlySet<ElementNode>;
}

/** The `main` of the page, or its articles. */
export function survey({ mains, articles }: Page): Content {
  const roots = mains.some(({ letters }) => letters > 0) ? shown(mains) : shown(articles.filter(isOfPage));
  const around = new Set<ElementNode>();
  for (const root of roots)
    for (let { parent } = root; parent !== undefined && !around.has(parent); parent = parent.parent)
      around.add(parent);
  return { roots: new Set(roots), around };
}

/** Of several, those that are hidden are other states of the page; where all are, scripts show them. */
function shown(elements: readonly ElementNode[]): readonly ElementNode[] {
  const seen = elements.filter(({ attributes, letters }) => letters > 0 && !isHidden(attributes));
  return seen.length > 0 ? seen : elements.filter(({ letters }) => letters > 0);
}

const outside = new WeakMap<ElementNode, boolean>();

/** Not a teaser in an aside or a footer. */
function isOfPage(element: ElementNode): boolean {
  const path: ElementNode[] = [];
  let known: boolean | undefined;
  for (let { parent } = element; parent !== undefined && known === undefined; parent = parent.parent) {
    known = outside.get(parent) ?? (isBoilerplate(parent) ? true : undefined);
    path.push(parent);
  }
  for (const ancestor of path) outside.set(ancestor, known ?? false);
  return known !== true;
}
