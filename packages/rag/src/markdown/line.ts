/** A line while its beginning is read: where one is in it, in characters and in columns. Tabs stop at every fourth. */
export class Cursor {
  readonly line: string;
  /** Of what was read. */
  at = 0;
  #column = 0;
  /** Columns of a tab that were not read yet. */
  #inTab = 0;
  /** The place of the next character that is neither space nor tab, or the length of the line. */
  next = 0;
  /** Columns from here to there. */
  indent = 0;

  constructor(line: string) {
    this.line = line;
    this.#look();
  }

  get isBlank(): boolean {
    return this.next >= this.line.length;
  }

  /** Four columns are code. */
  get isIndented(): boolean {
    return this.indent >= 4;
  }

  get code(): number {
    return this.line.charCodeAt(this.next);
  }

  /** What follows the white space. */
  get rest(): string {
    return this.line.slice(this.next);
  }

  /** Past the white space and as many characters. */
  skip(characters: number): void {
    this.#column += this.indent + characters;
    this.at = this.next + characters;
    this.#inTab = 0;
    this.#look();
  }

  /** Past columns of white space, as many as there are. */
  skipColumns(columns: number): void {
    for (let remaining = columns; remaining > 0 && this.indent > 0; remaining--) {
      if (this.#inTab === 0) {
        this.#inTab = this.line.charCodeAt(this.at) === TAB ? 4 - (this.#column % 4) : 1;
        this.at += 1;
      }
      this.#inTab -= 1;
      this.#column += 1;
      this.indent -= 1;
    }
  }

  #look(): void {
    let column = this.#column;
    let at = this.at;
    for (; at < this.line.length; at++) {
      const code = this.line.charCodeAt(at);
      if (code === TAB) column += 4 - (column % 4);
      else if (code === SPACE) column += 1;
      else break;
    }
    this.next = at;
    this.indent = column - this.#column;
  }
}

const TAB = 9;
const SPACE = 32;
