import { Node, type CallExpression, type NewExpression, type Statement } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import {
  argumentOf,
  constantOf,
  indentOf,
  isFalse,
  membersOf,
  methodCall,
  objectText,
  plain,
} from '../engine/syntax.ts';
import { helper } from './helpers.ts';

interface FormatRow {
  readonly factory: string;
  readonly from: string;
  /** The ends of the names of the files that it reads. */
  readonly ends: readonly string[];
  readonly options?: (node: NewExpression, file: Rewriting) => string | undefined;
  readonly note?: string;
}

/** Readers of one kind of file, as formats of `FilesReader`. */
const FORMATS: Readonly<Record<string, FormatRow>> = {
  PDFReader: { factory: 'pdfFormat', from: '@mortise/pdf', ends: ['.pdf'] },
  CSVReader: {
    factory: 'csvFormat',
    from: '@mortise/rag',
    ends: ['.csv'],
    // Rows were joined unless told otherwise; the texts between columns and rows are ours.
    options: (node) => {
      const [joined, ...others] = node.getArguments();
      if (others.length > 0) return undefined;
      return joined !== undefined && isFalse(joined) ? "{ documents: 'rows' }" : "{ documents: 'file' }";
    },
    note: 'The text of a row names its columns; LlamaIndexTS joins values with a comma.',
  },
  MarkdownReader: {
    factory: 'markdownFormat',
    from: '@mortise/rag',
    ends: ['.md'],
    note: 'A file is one document; MarkdownReader made one of each section. MarkdownSplitter cuts by sections.',
  },
  HTMLReader: { factory: 'htmlFormat', from: '@mortise/html', ends: ['.html', '.htm'] },
  TextFileReader: { factory: 'textFormat', from: '@mortise/rag', ends: ['.txt'] },
};

function formatText(name: string, row: FormatRow) {
  return (node: NewExpression, file: Rewriting): string => {
    const options = row.options?.(node, file) ?? (node.getArguments().length === 0 ? '' : undefined);
    if (options === undefined) return file.cannot(node, `The options of ${name} have no counterpart.`);
    if (row.note !== undefined) file.note(node, row.note);
    return `${file.use(row.factory, row.from)}(${options})`;
  };
}

/** `loadData(path)` of a reader of one kind of file: the reader of the path. */
function filesReader(row: FormatRow) {
  return (call: CallExpression, file: Rewriting): string | undefined => {
    const { receiver } = methodCall(call) ?? {};
    const [path, ...others] = call.getArguments();
    if (receiver === undefined || path === undefined || others.length > 0 || membersOf(path) !== undefined)
      return undefined;
    const format = file.render(receiver);
    const formats = row.ends.map((end) => `'${end}': ${format}`).join(', ');
    return `new ${file.use('FilesReader', '@mortise/rag')}({ files: [${file.render(path)}], formats: { ${formats} } })`;
  };
}

/** `loadData({ directoryPath })` of a reader of folders. */
function directoryReader(call: CallExpression, file: Rewriting): string | undefined {
  const { receiver } = methodCall(call) ?? {};
  const argument = argumentOf(call);
  const members = membersOf(argument);
  const constant =
    argument !== undefined && Node.isIdentifier(argument) ? membersOf(constantOf(argument)) : undefined;
  if (constant !== undefined && (constant.size > 1 || !constant.has('directoryPath'))) return undefined;
  const directory = members === undefined ? argument : members.get('directoryPath');
  if (receiver === undefined || directory === undefined || (members !== undefined && members.size > 1))
    return undefined;
  const formats = file.render(receiver);
  return `new ${file.use('DirectoryReader', '@mortise/rag')}(${objectText([
    ['directory', `${file.render(directory)}${constant === undefined ? '' : '.directoryPath'}`],
    ['formats', formats],
  ])})`;
}

const FOLDER_FORMATS: readonly (readonly [end: string, factory: string, from: string, options: string])[] = [
  ['.pdf', 'pdfFormat', '@mortise/pdf', ''],
  ['.csv', 'csvFormat', '@mortise/rag', "{ documents: 'file' }"],
  ['.html', 'htmlFormat', '@mortise/html', ''],
  ['.htm', 'htmlFormat', '@mortise/html', ''],
];

/** What `SimpleDirectoryReader` reads by itself besides text and Markdown. */
function folderFormats(node: NewExpression, file: Rewriting): string {
  const [callback] = node.getArguments();
  if (callback !== undefined)
    file.note(
      node,
      'The callback is not called: read(options) takes onProgress, onError and skip; include and exclude choose files.',
    );
  file.note(
    node,
    'DirectoryReader leaves out .docx, .xml and images, hidden files, and folders of dependencies.',
  );
  const formats = FOLDER_FORMATS.map(
    ([end, factory, from, options]) => `'${end}': ${file.use(factory, from)}(${options})`,
  );
  return `{ ${formats.join(', ')} }`;
}

type Loading = (call: CallExpression, file: Rewriting) => string | undefined;

const LOADING: Readonly<Record<string, Loading>> = {
  ...Object.fromEntries(Object.entries(FORMATS).map(([name, row]) => [`reader ${name}`, filesReader(row)])),
  'reader SimpleDirectoryReader': directoryReader,
  'reader ObsidianReader': (call, file) =>
    call.getArguments().length > 0 ? undefined : file.render(methodCall(call)?.receiver ?? call),
};

/** The call of `loadData` in `await reader.loadData(...)`. */
function loading(node: Node | undefined, file: Rewriting): CallExpression | undefined {
  const value = node === undefined ? undefined : plain(node);
  if (value === undefined || !Node.isAwaitExpression(value)) return undefined;
  const call = plain(value.getExpression());
  if (!Node.isCallExpression(call)) return undefined;
  const called = methodCall(call);
  const kind = called?.method === 'loadData' ? file.kindOf(called.receiver) : undefined;
  return kind !== undefined && LOADING[kind] !== undefined ? call : undefined;
}

function readerText(call: CallExpression, file: Rewriting): string | undefined {
  const kind = file.kindOf(methodCall(call)?.receiver ?? call) ?? '';
  const text = LOADING[kind]?.(call, file);
  if (text === undefined) file.cannot(call, 'What is loaded is not written where it is called.');
  return text;
}

/**
 * `const documents = await reader.loadData(path)`: the reader itself where the documents go into an index alone, else a loop
 * that reads them.
 */
export function readerStatement(statement: Statement, file: Rewriting): string | undefined {
  const indent = `\n${indentOf(statement)}`;
  if (Node.isExpressionStatement(statement)) {
    const call = loading(statement.getExpression(), file);
    if (call === undefined) return undefined;
    const reader = readerText(call, file);
    if (reader === undefined) return statement.getText();
    return `for await (const document of ${reader}.read()) void document;`;
  }
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  const call = loading(declaration?.getInitializer(), file);
  if (declaration === undefined || call === undefined || others.length > 0) return undefined;
  const reader = readerText(call, file);
  if (reader === undefined) return statement.getText();
  const name = declaration.getName();
  if (goesIntoIndex(declaration, file)) return `const ${name} = ${reader};`;
  const type = file.typed ? `: ${file.useType('Document', '@mortise/core')}[]` : '';
  return [
    `const ${name}${type} = [];`,
    `for await (const document of ${reader}.read()) ${name}.push(document);`,
  ].join(indent);
}

function goesIntoIndex(declaration: Node, file: Rewriting): boolean {
  let isAll = true;
  let count = 0;
  file.source.forEachDescendant((node) => {
    if (!Node.isIdentifier(node) || node.getParent() === declaration) return;
    if (node.getSymbol()?.getDeclarations()[0] !== declaration) return;
    count += 1;
    const call = node.getParent();
    const called = Node.isCallExpression(call) ? methodCall(call) : undefined;
    isAll &&=
      called !== undefined &&
      called.method === 'fromDocuments' &&
      file.oldName(called.receiver) === 'VectorStoreIndex';
  });
  return isAll && count > 0;
}

/** What is loaded inside of an expression is collected by a function of the file. */
const loadAlone: NonNullable<KindRules['methods']> = {
  loadData: {
    kind: 'document[]',
    rule: (node, file) => {
      const reader = readerText(node, file);
      if (reader === undefined) return node.getText();
      const type = file.typed ? file.useType('Document', '@mortise/core') : '';
      const readerType = file.typed ? file.useType('Reader', '@mortise/core') : '';
      const name = helper(
        'readAll',
        file,
        (parts) => `
/** Everything that a reader reads. */
async function ${parts.name}(reader${parts.typed(`: ${readerType}`)})${parts.typed(`: Promise<${type}[]>`)} {
  const documents${parts.typed(`: ${type}[]`)} = [];
  for await (const document of reader.read()) documents.push(document);
  return documents;
}`,
      );
      return `${name}(${reader})`;
    },
  },
};

export const READER_KINDS: Readonly<Record<string, KindRules>> = Object.fromEntries(
  Object.keys(LOADING).map((kind) => [kind, { methods: loadAlone }]),
);

export const READERS: Readonly<Record<string, NameRules>> = {
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([name, row]) => [
      name,
      { construct: { kind: `reader ${name}`, rule: formatText(name, row) } },
    ]),
  ),
  SimpleDirectoryReader: { construct: { kind: 'reader SimpleDirectoryReader', rule: folderFormats } },
  ObsidianReader: {
    construct: {
      kind: 'reader ObsidianReader',
      rule: (node, file) => {
        const [directory, ...others] = node.getArguments();
        if (directory === undefined || others.length > 0)
          return file.cannot(node, 'The options of ObsidianReader have no counterpart.');
        file.note(
          node,
          'A note is one document; ObsidianReader made one of each section. MarkdownSplitter cuts by sections. Links between notes are not gathered.',
        );
        return `new ${file.use('DirectoryReader', '@mortise/rag')}({ directory: ${file.render(directory)}, include: ['**/*.md'] })`;
      },
    },
  },
  DocxReader: {
    without: 'There is no format for .docx: read(file, call) of a FileFormat of yours is one method.',
  },
  JSONReader: { without: 'jsonFormat and jsonLinesFormat have other options: records, text, metadata.' },
};
