import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readerConformance,
  type ConformanceResults,
  type OpenReader,
  type ReaderFeature,
  type ReaderItem,
  type TestFunctions,
} from '@mortise/conformance';
import type { FileFormat } from '@mortise/core/reader';
import {
  csvFormat,
  DirectoryReader,
  FilesReader,
  jsonFormat,
  jsonLinesFormat,
  markdownFormat,
  textFormat,
} from '@mortise/rag';

const declares: readonly ReaderFeature[] = [
  'blank',
  'failure',
  'missing',
  'opened',
  'several',
  'skip',
  'version',
];
const ONE = 'A file of this kind is one document.';

/** An item as a file of the kind. */
interface Kind {
  readonly end: string;
  readonly format: FileFormat;
  content(text: string, more: readonly string[]): string;
  /** Not empty, and without text. */
  readonly blank: string;
  /** A file is one document. */
  readonly isOne?: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  text: { end: '.txt', format: textFormat(), content: (text) => text, blank: ' \n\t\n', isOne: true },
  markdown: {
    end: '.md',
    format: markdownFormat(),
    content: (text) => `---\norder: 1\n---\n# Note\n\n${text}\n`,
    blank: '---\norder: 1\n---\n\n',
    isOne: true,
  },
  json: {
    end: '.json',
    format: jsonFormat({ text: 't' }),
    content: (...all) => JSON.stringify(all.flat().map((t) => ({ t }))),
    blank: '[{ "t": " " }]',
  },
  'json lines': {
    end: '.jsonl',
    format: jsonLinesFormat({ text: 't' }),
    content: (...all) =>
      all
        .flat()
        .map((t) => `${JSON.stringify({ t })}\n`)
        .join(''),
    blank: '{ "t": "" }\n',
  },
  csv: {
    end: '.csv',
    format: csvFormat({ text: 't' }),
    content: (...all) =>
      `t\n${all
        .flat()
        .map((t) => `"${t}"\n`)
        .join('')}`,
    blank: 't,u\n" ",1\n',
  },
};

/** No encoding of text has these bytes. */
const BROKEN = Uint8Array.of(0x22, 0xff, 0xfe, 0x80);

export function wireReaders(functions: TestFunctions): ConformanceResults[] {
  return [
    ...Object.entries(kinds).map(([name, kind]) =>
      readerConformance(functions, {
        name: `directory of ${name}`,
        declares: kind.isOne === true ? declares.filter((feature) => feature !== 'several') : declares,
        reasons: kind.isOne === true ? { several: ONE } : {},
        open: (items) =>
          openFolder(items, kind, (directory, formats) => new DirectoryReader({ directory, formats })),
        missing: () => ({
          reader: new DirectoryReader({ directory: join(tmpdir(), 'mortise-no-such-folder') }),
        }),
      }),
    ),
    readerConformance(functions, {
      name: 'files',
      declares: declares.filter((feature) => feature !== 'missing' && feature !== 'several'),
      reasons: { several: ONE, missing: 'Each file of the list that is not there is a failure of its own.' },
      open: (items) =>
        openFolder(items, kinds['text'] as Kind, (root, formats) => {
          const files = items.map(({ name }) => `${name}.txt`);
          return new FilesReader({ root, files, formats });
        }),
    }),
  ];
}

/** The items in a folder, and a reader of them that tells what it opens. */
async function openFolder(
  items: readonly ReaderItem[],
  { end, format, content, blank: empty }: Kind,
  create: (folder: string, formats: Record<string, FileFormat>) => OpenReader['reader'],
): Promise<OpenReader> {
  const folder = await mkdtemp(join(tmpdir(), 'mortise-reader-'));
  for (const { name, text, more = [], broken, blank } of items) {
    const whole = blank === true ? empty : content(text, more);
    await writeFile(join(folder, `${name}${end}`), broken === true ? BROKEN : whole);
  }
  const opened: string[] = [];
  const watched: FileFormat = {
    read(file, call) {
      opened.push(file.path.slice(0, -end.length));
      return format.read(file, call);
    },
  };
  return {
    reader: create(folder, { [end]: watched }),
    opened: () => [...opened],
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
