/** Characters of a name. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const LONGEST = 200;

/** Gives the documents of one request names that Bedrock takes: of a few characters alone, and no two alike. */
export class DocumentNames {
  readonly #given = new Set<string>();
  /** How often each was asked for, so that the next number is known without a search. */
  readonly #asked = new Map<string, number>();

  /** The title as a name; a number stands behind one that was given before. */
  nameFor(title = ''): string {
    const plain = title
      .slice(0, LONGEST)
      .replace(/[^\w\s()[\]-]|_/g, '-')
      .replace(/\s+/g, ' ')
      .trim();
    const name = /[a-z\d]/i.test(plain) ? plain : 'Document';
    let free = name;
    let count = this.#asked.get(name) ?? 1;
    // A number may be somebody's title.
    for (; this.#given.has(free); count++) free = `${name.slice(0, LONGEST - 12).trimEnd()} (${count + 1})`;
    this.#asked.set(name, count);
    this.#given.add(free);
    return free;
  }
}
