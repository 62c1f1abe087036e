import { readerConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { BaseReader, type ReadCall, type ReadItem } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { pdfFormat } from '@mortise/pdf';
import { makePdf } from './make-pdf.ts';
import { memoryFile } from './memory.ts';

const format = pdfFormat();

/** Files in memory, so that the suite sees the format and no file system. */
class PaperReader extends BaseReader {
  readonly opened: string[] = [];
  readonly #papers: ReadonlyMap<string, Uint8Array>;

  constructor(papers: ReadonlyMap<string, Uint8Array>) {
    super();
    this.#papers = papers;
  }

  doList(): ReadItem[] {
    return [...this.#papers].map(([id, { length }]) => ({ id, version: String(length) }));
  }

  doRead({ id }: ReadItem, call: ReadCall): AsyncIterable<Document> {
    this.opened.push(id.replace('.pdf', ''));
    return format.read(memoryFile(id, this.#papers.get(id) as Uint8Array), call);
  }
}

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    readerConformance(functions, {
      name: 'pdf',
      declares: ['blank', 'failure', 'opened', 'several', 'skip', 'version'],
      reasons: {
        missing: 'It reads a file that it is given; where files are is the affair of who gives it.',
      },
      open(items) {
        const papers = items.map(({ name, text, more = [], broken, blank }): [string, Uint8Array] => {
          const pages = blank === true ? [[]] : [text, ...more].map((words) => [words]);
          return [`${name}.pdf`, broken === true ? Buffer.from('%PDF-1.4\nno more') : makePdf(pages)];
        });
        const reader = new PaperReader(new Map(papers));
        return { reader, opened: () => [...reader.opened] };
      },
    }),
  ];
}
