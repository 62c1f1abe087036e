import type { OpenReader, ReaderItem } from '@mortise/conformance';
import { MortiseError } from '@mortise/core';
import { BaseReader, type ReadCall, type ReadItem } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';

/** Notes in memory: as little as a reader can be. */
export class ReferenceReader extends BaseReader {
  readonly opened: string[] = [];
  readonly notes: ReadonlyMap<string, ReaderItem> | undefined;

  constructor(items: readonly ReaderItem[] | undefined) {
    super();
    this.notes = items && new Map(items.map((item) => [`${item.name}.note`, item]));
  }

  doList(_call: ReadCall): ReadItem[] {
    if (this.notes === undefined) throw new MortiseError('not-found', 'There are no notes.');
    return [...this.notes].map(([id, { text }]) => ({ id, version: String(text.length) }));
  }

  async *doRead({ id }: ReadItem, _call: ReadCall): AsyncGenerator<Document> {
    const { name, text, more = [], broken, blank } = this.notes!.get(id)!;
    this.opened.push(name);
    if (broken === true) throw new MortiseError('parse', `${id} cannot be read: it is torn.`);
    if (blank === true) throw new MortiseError('parse', `${id} cannot be read: it holds no text.`);
    for (const [at, words] of [text, ...more].entries())
      yield createDocument({
        id: at === 0 ? id : `${id}#${at}`,
        text: words,
        metadata: { path: id },
        excludedEmbedMetadataKeys: ['path'],
      });
  }
}

/** What the suite works with. */
export function openReader(reader: ReferenceReader): OpenReader {
  return { reader, opened: () => [...reader.opened] };
}
