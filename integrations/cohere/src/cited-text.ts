/** A block has this many UTF-16 units at least, but for the one that grows. */
const BLOCK = 1024;

interface Block {
  /** Where it begins, in UTF-16 units and in characters. */
  readonly units: number;
  readonly characters: number;
  text: string;
}

/**
 * A text that grows while places in it are looked up. A string that is added to is copied whole by the next look at one of
 * its characters; of this one, a block of some 1,024 units is, and so is what is counted from its beginning.
 */
export class CitedText {
  readonly #blocks: Block[] = [{ units: 0, characters: 0, text: '' }];

  constructor(text = '') {
    this.push(text);
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at += BLOCK) this.#add(text.slice(at, at + BLOCK));
  }

  #add(piece: string): void {
    let last = this.#blocks.at(-1) as Block;
    // Not within a pair of surrogates, which is one character.
    if (last.text.length >= BLOCK && !isHigh(last.text.charCodeAt(last.text.length - 1))) {
      const characters = last.characters + charactersIn(last.text);
      last = { units: last.units + last.text.length, characters, text: '' };
      this.#blocks.push(last);
    }
    last.text += piece;
  }

  /** UTF-16 units that the first characters take; all of them where there are fewer. */
  unitsOf(characters: number): number {
    const block = this.#blocks[this.#numberAt('characters', characters)] as Block;
    let at = 0;
    for (let left = characters - block.characters; left > 0 && at < block.text.length; left--)
      at += (block.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return block.units + at;
  }

  /** Whether the words stand at a place, in UTF-16 units from 0. */
  holds(words: string, start: number): boolean {
    let number = this.#numberAt('units', start);
    let at = start - (this.#blocks[number] as Block).units;
    let seen = 0;
    for (; seen < words.length; number++, at = 0) {
      const text = this.#blocks[number]?.text.slice(at, at + words.length - seen) ?? '';
      if (text === '' || !words.startsWith(text, seen)) return false;
      seen += text.length;
    }
    return true;
  }

  #numberAt(unit: 'units' | 'characters', place: number): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle] as Block)[unit] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function charactersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
