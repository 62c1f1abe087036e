import { checkOptions } from '@mortise/core/shared';
import { parserError } from '@mortise/core/parser';
import { LinesParser, type LineReader } from './lines.ts';

export interface CodeBlock {
  /** The first word behind the fence, in lower case; empty when there is none. */
  language: string;
  /** Lines joined by `\n`, without the indentation of the fence. */
  code: string;
}

export interface CodeBlocksParserOptions {
  /** Only blocks of these languages, in lower case. Default: all. */
  languages?: readonly string[] | undefined;
}

/** The fenced code blocks of a reply. None, or one that is not closed, is a `parse` error. */
export class CodeBlocksParser extends LinesParser<CodeBlock> {
  readonly #languages: readonly string[] | undefined;

  constructor(given: CodeBlocksParserOptions = {}) {
    const options = checkOptions(given, 'configuration');
    super(() => new CodeReader(options.languages));
    this.#languages = options.languages;
  }

  override get name(): string {
    return 'CodeBlocksParser';
  }

  override instructions(): string {
    const of = this.#languages === undefined ? '' : ` (${this.#languages.join(', ')})`;
    return `Put all code into fenced blocks that name their language${of}.`;
  }
}

/** Fences of CommonMark 0.31, indented as deep as the lists they stand in. What can match is decided at each place: linear. */
const FENCE = /^([ \t]*)(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/;

/**
 * Where a line stands: in a block or not. Shared by what must not look into code. With `unwrap`, a Markdown block that
 * the text begins with is not a block but the text itself, as models like to fence all they write.
 */
export class Fences {
  /** The fence around the whole text; `undefined` until a line came, empty when there is none. */
  #wrapper: string | undefined;

  /** The block that is open. */
  open:
    | { readonly fence: string; readonly indent: string; readonly language: string; readonly at: number }
    | undefined;
  /** Blocks inside a block, as in Markdown or in a docstring, which models fence alike. */
  #inner = 0;

  constructor(unwrap = false) {
    if (!unwrap) this.#wrapper = '';
  }

  /** What the line is. */
  take(line: string, position: number): 'opening' | 'closing' | 'code' | 'text' | 'wrapper' {
    const [, indent = '', fence = '', behind = ''] = FENCE.exec(line) ?? [];
    const info = behind.trim();
    const { open } = this;
    if (this.#wrapper === undefined && line.trim() !== '') {
      this.#wrapper = /^(?:md|markdown)\s*$/i.test(info) ? fence : '';
      if (this.#wrapper !== '') return 'wrapper';
    }
    if (open === undefined && fence !== '' && fence === this.#wrapper && info === '') {
      this.#wrapper = '';
      return 'wrapper';
    }
    if (open === undefined) {
      if (fence === '') return 'text';
      const language = (/^\S*/.exec(info)?.[0] ?? '').toLowerCase();
      this.open = { fence, indent, language, at: position };
      return 'opening';
    }
    if (fence === '' || fence[0] !== open.fence[0] || fence.length < open.fence.length) return 'code';
    if (info !== '') {
      this.#inner++;
      return 'code';
    }
    if (this.#inner > 0) {
      this.#inner--;
      return 'code';
    }
    this.open = undefined;
    return 'closing';
  }
}

class CodeReader implements LineReader<CodeBlock> {
  readonly items: CodeBlock[] = [];
  readonly #languages: readonly string[] | undefined;
  readonly #fences = new Fences();
  #language = '';
  #lines: string[] = [];

  constructor(languages: readonly string[] | undefined) {
    this.#languages = languages;
  }

  line(line: string, position: number): void {
    const kind = this.#fences.take(line, position);
    if (kind === 'opening') {
      this.#language = this.#fences.open?.language ?? '';
      this.#lines = [];
    } else if (kind === 'code') {
      const { indent = '' } = this.#fences.open ?? {};
      this.#lines.push(line.startsWith(indent) ? line.slice(indent.length) : line.trimStart());
    } else if (kind === 'closing' && (this.#languages?.includes(this.#language) ?? true))
      this.items.push({ language: this.#language, code: this.#lines.join('\n') });
  }

  end(text: string): void {
    const { open } = this.#fences;
    if (open !== undefined) {
      const message = `The code block at character ${open.at} is never closed. The reply may have been cut short.`;
      throw parserError('parse', message, {
        text,
        position: text.length,
        path: [this.items.length],
        expected: open.fence,
      });
    }
    if (this.items.length > 0) return;
    const expected = `a code block${this.#languages === undefined ? '' : ` of ${this.#languages.join(' or ')}`}`;
    throw parserError('parse', `There is no fenced code block: expected ${expected}.`, {
      text,
      position: 0,
      path: [],
      expected,
    });
  }
}
