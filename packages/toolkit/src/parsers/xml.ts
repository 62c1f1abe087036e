import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { BaseOutputParser, type ParseOptions, parserError, type ParserError } from '@mortise/core/parser';
import { replyStart } from '../json/reasoning.ts';
import { stepsInSlices } from '../json/slices.ts';

/** An element as it stands in the text. Plain data. */
export interface XmlElement {
  name: string;
  attributes: { [name: string]: string };
  /** Elements and the text between them, in order. */
  children: (XmlElement | string)[];
}

export interface XmlParserOptions {
  /** The element that is looked for. Default: the first. Name it where the reply may speak of others. */
  root?: string | undefined;
  /** Names of elements inside it, for the instructions. */
  tags?: readonly string[] | undefined;
  /** Elements inside one another, from 1. Default: 512. */
  maxDepth?: number | undefined;
}

/** The text of an element and of all in it, in order. */
export function xmlText(element: XmlElement): string {
  let text = '';
  const rest: (XmlElement | string)[] = [element];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next === 'string') text += next;
    else
      for (let at = next.children.length - 1; at >= 0; at--)
        rest.push(next.children[at] as XmlElement | string);
  }
  return text;
}

/**
 * One element of a reply, with attributes and mixed content; comments are left out, CDATA is text. What models write
 * in text is taken as it is: a `<` or `&` that begins nothing. No document types and no entities but the five of XML and
 * the numeric ones, so that nothing outside can be reached and nothing grows.
 */
export class XmlParser extends BaseOutputParser<XmlElement, XmlElement> {
  readonly #options: XmlParserOptions;

  constructor(given: XmlParserOptions = {}) {
    super();
    const options = checkOptions(given, 'configuration');
    if (options.maxDepth !== undefined) wholeNumber('maxDepth', options.maxDepth);
    this.#options = options;
  }

  override get name(): string {
    return 'XmlParser';
  }

  override instructions(): string {
    const { root, tags } = this.#options;
    const one = root === undefined ? 'one XML element' : `one XML element <${root}>`;
    const inside = tags === undefined ? '' : ` Inside it use ${tags.map((tag) => `<${tag}>`).join(', ')}.`;
    return `Answer with ${one} and nothing else.${inside} Close every tag; write &lt; and &amp; for < and & in text.`;
  }

  doParse(text: string, { signal }: ParseOptions = {}): XmlElement | Promise<XmlElement> {
    return stepsInSlices(text, this.#read(text), signal);
  }

  *#read(text: string): Generator<undefined, XmlElement> {
    const { root, maxDepth = 512 } = this.#options;
    const open: { element: XmlElement; at: number }[] = [];
    const token = new RegExp(TOKEN);
    // Reasoning is an element as well, for who asks for it.
    const start = root === undefined ? replyStart(text) : 0;
    if (start === Number.POSITIVE_INFINITY) throw misfit(text, text.length, 'the end of the reasoning');
    let from = (token.lastIndex = start);
    let tags = 0;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
      if (++tags % 256 === 0) yield;
      const [whole, mark, close, name, attributes = '', empty] = match;
      const parent = open.at(-1)?.element;
      if (mark === undefined && parent === undefined && (name === undefined || name !== (root ?? name)))
        continue;
      if (parent !== undefined) addText(parent, decoded(text.slice(from, match.index)));
      from = match.index + whole.length;
      if (mark !== undefined) {
        const end = text.indexOf(mark === '<!--' ? '-->' : ']]>', from);
        if (end < 0) throw misfit(text, match.index, mark === '<!--' ? '-->' : ']]>');
        if (parent !== undefined && mark !== '<!--') addText(parent, text.slice(from, end));
        from = token.lastIndex = end + 3;
      } else if (name !== undefined) {
        const element = { name, attributes: attributesOf(attributes), children: [] };
        parent?.children.push(element);
        if (empty !== undefined && parent === undefined) return element;
        if (empty === undefined && open.push({ element, at: match.index }) > maxDepth)
          throw misfit(text, match.index, `at most ${maxDepth} elements inside one another`);
      } else {
        if (close !== parent?.name) throw misfit(text, match.index, `</${parent?.name}>`);
        const { element } = open.pop() as { element: XmlElement };
        if (open.length === 0) return element;
      }
    }
    const last = open.at(-1);
    if (last !== undefined) throw misfit(text, text.length, `</${last.element.name}>`);
    throw misfit(text, 0, `an element${root === undefined ? '' : ` <${root}>`}`);
  }
}

/** The start of a comment or of CDATA, a closing tag, an opening tag. Their parts cannot overlap: linear. */
const TOKEN =
  /(<!--|<!\[CDATA\[)|<\/([A-Za-z_][\w.:-]*)\s*>|<([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/)?>/g;

function attributesOf(text: string): { [name: string]: string } {
  const pairs = text.matchAll(/([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  const attributes: [string, string][] = [];
  for (const [, name = '', double, single] of pairs) attributes.push([name, decoded(double ?? single ?? '')]);
  // fromEntries, unlike an assignment, takes `__proto__` for a name.
  return Object.fromEntries(attributes);
}

function addText({ children }: XmlElement, text: string): void {
  if (text === '') return;
  const last = children.length - 1;
  if (typeof children[last] === 'string') children[last] += text;
  else children.push(text);
}

const ENTITIES: { [name: string]: string } = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decoded(text: string): string {
  const entity = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g;
  return text.replaceAll(entity, (whole: string, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function misfit(text: string, position: number, expected: string): ParserError {
  const message = `There is no whole XML element at character ${position}: expected ${expected}.`;
  return parserError('parse', message, { text, position, path: [], expected });
}
