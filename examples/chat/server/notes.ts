import { appendFile, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SavedNote } from '../contract.ts';

/** A list of notes in a Markdown file. */
export class Notes {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Adds a note, unless one with this key is there: a run that was killed between the note and the keeping of its result asks for it
   * again, with the same key.
   */
  async add(text: string, key: string): Promise<SavedNote> {
    const line = text.replace(/\s+/g, ' ').trim();
    const mark = `<!-- ${key} -->`;
    if (!(await this.#read()).includes(mark)) await appendFile(this.#file, `- ${line} ${mark}\n`);
    return { saved: line, file: basename(this.#file) };
  }

  async #read(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }
}
