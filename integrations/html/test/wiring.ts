import { readerConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { BaseReader, type ReadCall, type ReadItem } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { htmlFormat } from '@mortise/html';
import { memoryFile } from './memory.ts';

const format = htmlFormat();

/** Pages in memory, so that the suite sees the format and no file system. */
class PageReader extends BaseReader {
  readonly opened: string[] = [];
  readonly #pages: ReadonlyMap<string, Uint8Array>;

  constructor(pages: ReadonlyMap<string, Uint8Array>) {
    super();
    this.#pages = pages;
  }

  doList(): ReadItem[] {
    return [...this.#pages].map(([id, { length }]) => ({ id, version: String(length) }));
  }

  doRead({ id }: ReadItem, call: ReadCall): AsyncIterable<Document> {
    this.opened.push(id.replace('.html', ''));
    return format.read(memoryFile(id, this.#pages.get(id) as Uint8Array), call);
  }
}

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    readerConformance(functions, {
      name: 'html',
      declares: ['blank', 'failure', 'opened', 'skip', 'version'],
      reasons: {
        several: 'A page is one document.',
        missing: 'It reads a file that it is given; where files are is the affair of who gives it.',
      },
      open(items) {
        const pages = items.map(({ name, text, broken, blank }): [string, Uint8Array] => {
          const whole = `<nav>Menu</nav><p>${text}</p>`;
          const page = Buffer.from(
            blank === true ? '<div id="app"></div><script src="app.js"></script>' : whole,
          );
          return [`${name}.html`, broken === true ? Uint8Array.of(0x3c, 0xff, 0x80) : page];
        });
        const reader = new PageReader(new Map(pages));
        return { reader, opened: () => [...reader.opened] };
      },
    }),
  ];
}
