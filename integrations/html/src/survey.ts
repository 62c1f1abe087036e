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

/** The `main` of the page, or its articles. Yields now and then. */
export function* survey({ mains, articles }: Page): Generator<void, Content> {
  const roots = mains.some(({ letters }) => letters > 0) ? shown(mains) : shown(yield* ofPage(articles));
  const around = new Set<ElementNode>();
  for (const [at, root] of roots.entries()) {
    if (at % 256 === 0) yield;
    for (let { parent } = root; parent !== undefined && !around.has(parent); parent = parent.parent)
      around.add(parent);
  }
  return { roots: new Set(roots), around };
}

/** Of several, those that are hidden are other states of the page; where all are, scripts show them. */
function shown(elements: readonly ElementNode[]): readonly ElementNode[] {
  const seen = elements.filter(({ attributes, letters }) => letters > 0 && !isHidden(attributes));
  return seen.length > 0 ? seen : elements.filter(({ letters }) => letters > 0);
}

/** Those that are not teasers in an aside or a footer. No element is looked at twice. */
function* ofPage(articles: readonly ElementNode[]): Generator<void, ElementNode[]> {
  const known = new Map<ElementNode, boolean>();
  const found: ElementNode[] = [];
  for (const [at, article] of articles.entries()) {
    if (at % 256 === 0) yield;
    const path: ElementNode[] = [];
    let isBeside: boolean | undefined;
    for (let { parent } = article; parent !== undefined && isBeside === undefined; parent = parent.parent) {
      isBeside = known.get(parent) ?? (isBoilerplate(parent) || undefined);
      path.push(parent);
    }
    for (const ancestor of path) known.set(ancestor, isBeside ?? false);
    if (isBeside !== true) found.push(article);
  }
  return found;
}
