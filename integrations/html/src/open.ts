import { BLOCKS, NO_TEXT } from './elements.ts';
import type { ElementNode } from './tree.ts';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** A closing tag in one of them closes nothing outside of it. */
const SCOPES = /* @__PURE__ */ set('table td th caption template object button');
const TABLE_PARTS = /* @__PURE__ */ set('tbody thead tfoot tr td th caption colgroup');
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
/** They end a paragraph that is open. */
const ENDS_P = /* @__PURE__ */ set(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr listing main menu nav ol p plaintext pre search section summary table ul xmp',
);
/** They end a picture or a formula that was never closed. */
const ENDS_FOREIGN = /* @__PURE__ */ set(
  'blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing main menu meta nav ol p pre section small span strong sub sup table ul',
);

/**
 * The elements that are open, innermost last, by the rules of HTML for tags that are implied, missing or too many. Each
 * step costs the same however many are open: the places of a name are kept apart.
 */
export class OpenElements {
  readonly #stack: ElementNode[];
  readonly #isXml: boolean;
  readonly #places = new Map<string, number[]>();
  readonly #scopes: number[] = [0];
  readonly #blocks: number[] = [0];

  constructor(root: ElementNode, isXml: boolean) {
    this.#stack = [root];
    this.#isXml = isXml;
  }

  get top(): ElementNode {
    return this.#stack.at(-1) as ElementNode;
  }

  /** The innermost table. */
  table(): ElementNode | undefined {
    const at = this.#last('table');
    return at === 0 ? undefined : this.#stack[at];
  }

  /** Within a picture or a formula, where there are no elements of HTML. */
  isForeign(): boolean {
    const [svg, math] = [this.#last('svg'), this.#last('math')];
    if (svg === 0 && math === 0) return false;
    return Math.max(svg, math) > this.#lastOf('foreignobject', 'desc', 'title', 'annotation-xml', 'mtext');
  }

  /** Makes room for an element; `false` where there can be only one, and there is one. */
  takes(name: string): boolean {
    if ((name === 'html' || name === 'body') && this.#last(name) > 0) return false;
    // Between the cells of a table there is no form, whatever is in it.
    if (name === 'form' && (this.top.name === 'table' || TABLE_PARTS.has(this.top.name)) && !this.#isInCell())
      return false;
    if (!this.#isXml) this.#imply(name);
    return true;
  }

  push(element: ElementNode): void {
    const at = this.#stack.push(element) - 1;
    const { name } = element;
    const places = this.#places.get(name);
    if (places === undefined) this.#places.set(name, [at]);
    else places.push(at);
    if (SCOPES.has(name)) this.#scopes.push(at);
    if (isSpecial(name)) this.#blocks.push(at);
  }

  /** `false` where there was nothing to close. */
  close(name: string): boolean {
    // What comes behind the end of the page is part of it, as browsers have it.
    if (name === 'html' || name === 'body') return true;
    const at = HEADINGS.includes(name) ? this.#lastOf(...HEADINGS) : this.#last(name);
    if (at === 0) return false;
    if (!this.#isXml && !this.#isInReach(name, at)) return false;
    this.#closeFrom(at);
    return true;
  }

  closeAll(): void {
    this.#closeFrom(1);
  }

  #isInReach(name: string, at: number): boolean {
    if (name === 'table' || NO_TEXT.has(name)) return true;
    if (TABLE_PARTS.has(name)) return at > this.#last('table');
    if (at < this.#scope()) return false;
    // A form ends without those in it; what is in a line, not beyond a block.
    if (name === 'form') return this.top.name === 'form';
    return isSpecial(name) || at > (this.#blocks.at(-1) ?? 0);
  }

  #imply(name: string): void {
    if (this.isForeign()) {
      if (ENDS_FOREIGN.has(name)) this.#closeFrom(this.#lastOf('svg', 'math'));
      else return;
    }
    if (ENDS_P.has(name)) this.#closeIf(this.#last('p'), this.#scope());
    if (HEADINGS.includes(name) && HEADINGS.includes(this.top.name)) this.#closeFrom(this.#stack.length - 1);
    if (name === 'li')
      this.#closeIf(this.#last('li'), this.#lastOf('ul', 'ol', 'menu', 'dir'), this.#scope());
    if (name === 'dd' || name === 'dt')
      this.#closeIf(this.#lastOf('dd', 'dt'), this.#last('dl'), this.#scope());
    if (TABLE_PARTS.has(name)) this.#implyInTable(name, this.#last('table'));
  }

  #implyInTable(name: string, table: number): void {
    if (name === 'td' || name === 'th') {
      this.#closeIf(this.#lastOf('td', 'th', 'caption'), table);
      if (table > 0 && !this.#isInCell())
        this.#closeFrom(Math.max(table, this.#lastOf('tr', 'tbody', 'thead', 'tfoot')) + 1);
      return;
    }
    const ended =
      name === 'tr'
        ? ['tr', 'caption', 'colgroup']
        : ['tr', 'tbody', 'thead', 'tfoot', 'caption', 'colgroup'];
    const open = ended.map((part) => this.#last(part)).filter((at) => at > table);
    if (open.length > 0) this.#closeFrom(Math.min(...open));
    // What was begun between two rows ends with the next one.
    else if (table > 0) this.#closeFrom(Math.max(table, this.#lastOf('tbody', 'thead', 'tfoot')) + 1);
  }

  /** In a cell of the innermost table, or in no table. */
  #isInCell(): boolean {
    const table = this.#last('table');
    return table === 0 || this.#lastOf('td', 'th', 'caption') > table;
  }

  /** Closes what is at a place, and what is in it, unless one of the bounds is within it. */
  #closeIf(at: number, ...bounds: readonly number[]): void {
    if (at > 0 && bounds.every((bound) => at > bound)) this.#closeFrom(at);
  }

  #closeFrom(at: number): void {
    if (at < 1) return;
    while (this.#stack.length > at) {
      const element = this.#stack.pop() as ElementNode;
      const place = this.#stack.length;
      this.#places.get(element.name)?.pop();
      if (this.#scopes.at(-1) === place) this.#scopes.pop();
      if (this.#blocks.at(-1) === place) this.#blocks.pop();
      handUp(element);
    }
  }

  #last(name: string): number {
    return this.#places.get(name)?.at(-1) ?? 0;
  }

  #lastOf(...names: readonly string[]): number {
    return Math.max(...names.map((name) => this.#last(name)));
  }

  #scope(): number {
    return this.#scopes.at(-1) ?? 0;
  }
}

const isSpecial = (name: string): boolean =>
  BLOCKS.has(name) || NO_TEXT.has(name) || SCOPES.has(name) || name === 'math';

/** What an element that has ended hands up to the one that it is in. */
function handUp({ name, letters, isNumbers, formulas, parent }: ElementNode): void {
  if (parent === undefined) return;
  parent.formulas += formulas;
  if (NO_TEXT.has(name)) return;
  parent.letters += letters;
  if (!isNumbers) parent.isNumbers = false;
}
