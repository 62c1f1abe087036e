import type { Page } from './builder.ts';
import {
  BLOCKS,
  isBoilerplate,
  isCopyButton,
  isHidden,
  isLineNumber,
  NO_TEXT,
  VERBATIM,
} from './elements.ts';
import type { Content } from './survey.ts';
import { beginningOf, classesOf, isElement, type ElementNode } from './tree.ts';

/** What of a page is read. */
export interface Choice {
  /** What is around the content too. */
  readonly boilerplate: boolean;
  /** What is not shown too. */
  readonly hidden: boolean;
}

interface Place {
  readonly isContent: boolean;
  readonly isInSection: boolean;
  readonly heading: number | undefined;
}

/** Whether an element holds no text of the page, is hidden, or surrounds the content and was not asked for. */
export function isLeftOut(
  element: ElementNode,
  choice: Choice,
  page: Page,
  { roots, around }: Content,
  place: Place,
): boolean {
  if (NO_TEXT.has(element.name)) return element.name !== 'noscript' || !choice.hidden || page.scripts > 0;
  if (around.has(element) || roots.has(element)) return false;
  if (!choice.hidden && isHidden(element.attributes) && !isReachable(element, page, place)) return true;
  if (element.name === 'button' && !choice.hidden && isMereButton(element, place)) return true;
  if (isCopyButton(element) || isPermalink(element, place) || isIcon(element) || isBesideCode(element))
    return true;
  return !choice.boilerplate && !place.isContent && isAround(element, place);
}

/** A header or footer of a section, an article or a quotation is part of it. */
function isAround(element: ElementNode, { isInSection }: Place): boolean {
  return isBoilerplate(element) && !(element.name === 'footer' && isInSection);
}

/** A tab or a button shows it: it is hidden until somebody wants to read it. `html` and `body` are shown by scripts. */
function isReachable({ name, attributes }: ElementNode, { controlled }: Page, { isContent }: Place): boolean {
  if (name === 'html' || name === 'body' || attributes['role'] === 'tabpanel') return true;
  return isContent && controlled.has(attributes['id'] ?? '\0');
}

/** It does something, and says nothing: not the button that a heading or a question is. */
function isMereButton({ attributes, children, letters }: ElementNode, { heading }: Place): boolean {
  if (heading !== undefined || attributes['aria-expanded'] !== undefined || letters > 200) return false;
  return !children.some((child) => isElement(child) && BLOCKS.has(child.name) && child.name !== 'div');
}

const PERMALINK =
  /^(?:headerlink|hash-link|header-anchor|anchor-?link|anchorjs-link|heading-anchor|permalink)$/i;

/** The sign beside a heading that is a link to it. */
function isPermalink(element: ElementNode, { heading }: Place): boolean {
  if (element.name !== 'a' || element.letters > 12) return false;
  if (heading === undefined && !classesOf(element).some((word) => PERMALINK.test(word))) return false;
  return /^[\s#¶§🔗\u200b]*$/u.test(beginningOf(element, 16));
}

/** The numbers of lines beside a listing. */
function isBesideCode(element: ElementNode): boolean {
  if (!element.isNumbers || !isLineNumber(element)) return false;
  const beside = element.parent?.children ?? [];
  return beside.length <= 8 && beside.some((other) => isElement(other) && VERBATIM.has(other.name));
}

const ICON = /^(?:material-(?:icons|symbols).*|mat-icon|fas?|far|fab|glyphicon|icon)$/i;

/** A picture that is made of a letter or a word. What is hidden from screen readers alone is seen by all others. */
function isIcon(element: ElementNode): boolean {
  const { name, attributes, letters } = element;
  if (letters > 24 || (name !== 'i' && name !== 'span' && name !== 'mat-icon')) return false;
  return attributes['aria-hidden'] === 'true' && classesOf(element).some((word) => ICON.test(word));
}
