import { Node, type CallExpression, type NewExpression, type Statement } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import {
  argumentOf,
  indentOf,
  literalText,
  membersOf,
  methodCall,
  objectText,
  plain,
} from '../engine/syntax.ts';
import { UPDATES } from '../shared/updates.ts';

function documentText(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const names: Readonly<Record<string, string>> = { pageContent: 'text', metadata: 'metadata', id: 'id' };
  const written: (readonly [string, string])[] = [];
  for (const [name, value] of members ?? []) {
    const to = names[name];
    if (to === undefined) return file.cannot(node, `The member ${name} has no counterpart here.`);
    written.push([to, file.render(value)]);
  }
  if (members === undefined) return file.cannot(node, 'What it is made of is not written where it is made.');
  return `${file.use('createDocument', '@mortise/core')}(${objectText(written)})`;
}

/** Sizes of LangChain's splitters are characters: a counter that counts them makes ours the same. */
function splitterText(name: string, chunkSize: string, isTokens: boolean) {
  return (node: NewExpression, file: Rewriting): string =>
    sizesText(name, argumentOf(node), chunkSize, isTokens, node, file);
}

function sizesText(
  name: string,
  options: Node | undefined,
  chunkSize: string,
  isTokens: boolean,
  node: Node,
  file: Rewriting,
): string {
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  if (members === undefined) return file.cannot(node, 'Its options are not written where it is made.');
  const other = [...members.keys()].find(
    (each) => !['chunkSize', 'chunkOverlap', 'encodingName', 'keepSeparator'].includes(each),
  );
  if (other !== undefined) return file.cannot(node, `The option ${other} of a splitter has no counterpart.`);
  const text = (option: string, otherwise: string): string => {
    const value = members.get(option);
    return value === undefined ? otherwise : file.render(value);
  };
  if (!isTokens)
    file.declare(
      "const characters = { name: 'characters', count: (text" +
        (file.typed ? ': string' : '') +
        ') => text.length };',
    );
  file.note(
    node,
    'Cuts are at sentences and paragraphs, not at the same characters as before; chunks keep to the same size.',
  );
  return `new ${file.use(name, '@mortise/rag')}(${objectText([
    ['tokenizer', isTokens ? undefined : 'characters'],
    ['maxTokens', text('chunkSize', chunkSize)],
    ['overlap', text('chunkOverlap', '200')],
  ])})`;
}

const splitter = (name: string, isTokens = false): NameRules => ({
  construct: { kind: 'text splitter', rule: splitterText(name, '1000', isTokens) },
});

function createDocuments(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const [texts, ...others] = node.getArguments();
  if (receiver === undefined || texts === undefined || others.length > 0)
    return file.cannot(node, 'Metadata beside the texts: give them to createDocument.');
  return `${file.render(texts)}.flatMap((text) => ${file.render(receiver)}.split(${file.use('createDocument', '@mortise/core')}({ text })))${asDocuments(file)}`;
}

/** Chunks are documents in LangChain, and nodes here. */
function asDocuments(file: Rewriting): string {
  return `.map(({ id, text, metadata }) => ${file.use('createDocument', '@mortise/core')}({ id, text, metadata }))`;
}

/** What of a store is built by one expression, and ours by two statements. */
function building(node: Node | undefined, file: Rewriting): CallExpression | undefined {
  const value = node === undefined ? undefined : plain(node);
  if (value === undefined || !Node.isAwaitExpression(value)) return undefined;
  const call = plain(value.getExpression());
  const called = Node.isCallExpression(call) ? methodCall(call) : undefined;
  if (called === undefined || file.oldName(called.receiver) !== 'MemoryVectorStore') return undefined;
  return ['fromDocuments', 'fromTexts'].includes(called.method) ? (call as CallExpression) : undefined;
}

/** Documents are embedded whole, as they come. */
function openText(embedding: Node, file: Rewriting): string {
  file.declare(
    `const uncut = { transform: async (nodes${file.typed ? `: readonly ${file.useType('Node', '@mortise/core')}[]` : ''}) => [...nodes] };`,
  );
  const given = file.render(embedding);
  return `await ${file.use('openIndex', '@mortise/rag')}(${objectText([['embedding', given]])}, { splitter: uncut })`;
}

export function storeStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  const indent = `\n${indentOf(statement)}`;
  if (declaration === undefined || others.length > 0) return undefined;
  const call = building(declaration.getInitializer(), file);
  if (call === undefined) return loaderStatement(statement, file);
  const [first, second, third] = call.getArguments();
  const isTexts = methodCall(call)?.method === 'fromTexts';
  const embedding = isTexts ? third : second;
  if (first === undefined || embedding === undefined)
    return file.cannot(statement, 'It is built in an unknown way.', 'MemoryVectorStore');
  const documents = isTexts ? textsText(first, second as Node, file) : file.render(first);
  if (documents === undefined)
    return file.cannot(
      statement,
      'The metadata are not written as a list or an object.',
      'MemoryVectorStore',
    );
  file.note(
    statement,
    'Documents of one index are told apart by their ids: give them ids where the index is updated again.',
    'MemoryVectorStore',
  );
  file.note(statement, UPDATES, 'MemoryVectorStore');
  const name = declaration.getName();
  return [`const ${name} = ${openText(embedding, file)};`, `await ${name}.update(${documents});`].join(
    indent,
  );
}

function textsText(texts: Node, metadata: Node, file: Rewriting): string | undefined {
  const make = file.use('createDocument', '@mortise/core');
  if (Node.isArrayLiteralExpression(texts) && Node.isArrayLiteralExpression(metadata)) {
    const all = metadata.getElements();
    return `[${texts
      .getElements()
      .map((text, index) => {
        const of = all[index];
        return `${make}(${objectText([
          ['text', file.render(text)],
          ['metadata', of === undefined ? undefined : file.render(of)],
        ])})`;
      })
      .join(', ')}]`;
  }
  if (!Node.isObjectLiteralExpression(metadata)) return undefined;
  return `${file.render(texts)}.map((text) => ${make}({ text, metadata: ${file.render(metadata)} }))`;
}

/** `const docs = await loader.load()` of a text file. */
function loaderStatement(statement: Statement, file: Rewriting): string | undefined {
  const declaration = Node.isVariableStatement(statement) ? statement.getDeclarations()[0] : undefined;
  const value = declaration?.getInitializer();
  if (declaration === undefined || value === undefined || !Node.isAwaitExpression(value)) return undefined;
  const call = plain(value.getExpression());
  const called = Node.isCallExpression(call) ? methodCall(call) : undefined;
  if (called?.method !== 'load' || file.kindOf(called.receiver) !== 'loader') return undefined;
  const name = declaration.getName();
  const type = file.typed ? `: ${file.useType('Document', '@mortise/core')}[]` : '';
  const indent = `\n${indentOf(statement)}`;
  return [
    `const ${name}${type} = [];`,
    `for await (const document of ${file.render(called.receiver)}.read()) ${name}.push(document);`,
  ].join(indent);
}

const VECTORS = 'weights: { bm25: 0, vector: 1 }';

const search = (node: CallExpression, file: Rewriting): string => {
  const { receiver } = methodCall(node) ?? {};
  const [query, k, filter] = node.getArguments();
  if (receiver === undefined || query === undefined || filter !== undefined)
    return file.cannot(
      node,
      'A filter that is a function has no counterpart: filters of retrieve() are data.',
    );
  return `${file.render(receiver)}.retriever({ topK: ${k === undefined ? '4' : file.render(k)}, ${VECTORS} }).retrieve(${file.render(query)}).then((found) => found.map(({ node }) => node))`;
};

const document: KindRules = {
  properties: {
    pageContent: { kind: 'text', as: 'text' },
    metadata: { kind: 'text', as: 'metadata' },
    id: { kind: 'text', as: 'id' },
  },
};

export const DOCUMENT_KINDS: Readonly<Record<string, KindRules>> = {
  document,
  'text splitter': {
    methods: {
      createDocuments: { kind: 'document[]', rule: createDocuments, sync: true },
      splitDocuments: {
        kind: 'document[]',
        sync: true,
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const [documents] = node.getArguments();
          if (receiver === undefined || documents === undefined)
            return file.cannot(node, 'It is called in an unknown way.');
          return `${file.render(documents)}.flatMap((document) => ${file.render(receiver)}.split(document))${asDocuments(file)}`;
        },
      },
      splitText: {
        sync: true,
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const [text] = node.getArguments();
          if (receiver === undefined || text === undefined)
            return file.cannot(node, 'It is called in an unknown way.');
          return `${file.render(receiver)}.split(${file.use('createDocument', '@mortise/core')}({ text: ${file.render(text)} })).map(({ text }) => text)`;
        },
      },
    },
  },
  loader: {
    methods: {
      load: {
        kind: 'document[]',
        rule: (node, file) =>
          file.cannot(node, 'What is loaded is used in the same expression. Give it a statement of its own.'),
      },
    },
  },
  'vector store': {
    methods: {
      asRetriever: {
        kind: 'document retriever',
        rule: (node, file) => {
          const [options] = node.getArguments();
          const k =
            options === undefined
              ? undefined
              : (membersOf(options)?.get('k') ?? (membersOf(options) === undefined ? options : undefined));
          const { receiver } = methodCall(node) ?? {};
          if (
            receiver === undefined ||
            (options !== undefined && k === undefined) ||
            (membersOf(options)?.size ?? 1) !== 1
          )
            return file.cannot(node, 'The options of the retriever have no counterpart.');
          return `${file.render(receiver)}.retriever({ topK: ${k === undefined ? '4' : file.render(k)}, ${VECTORS} })`;
        },
      },
      similaritySearch: { kind: 'document[]', rule: search },
      addDocuments: {
        rule: (node, file) => {
          const [documents] = node.getArguments();
          const { receiver } = methodCall(node) ?? {};
          if (receiver === undefined || documents === undefined || node.getArguments().length > 1)
            return file.cannot(node, 'It is called in an unknown way.');
          file.note(node, UPDATES);
          return `${file.render(receiver)}.update(${file.render(documents)}, { removeMissing: false })`;
        },
      },
    },
  },
};

export const RETRIEVER_KIND: KindRules = {
  methods: {
    invoke: {
      kind: 'document[]',
      rule: (node, file) => {
        const { receiver } = methodCall(node) ?? {};
        const [query, ...others] = node.getArguments();
        if (receiver === undefined || query === undefined || others.length > 0)
          return file.cannot(node, 'It is called in an unknown way.');
        return `${file.render(receiver)}.retrieve(${file.render(query)}).then((found) => found.map(({ node }) => node))`;
      },
    },
  },
};

export const DOCUMENTS: Readonly<Record<string, NameRules>> = {
  Document: {
    construct: { kind: 'document', rule: documentText },
    type: { name: 'Node', from: '@mortise/core', kind: 'document' },
  },
  DocumentInterface: { type: { name: 'Node', from: '@mortise/core', kind: 'document' } },
  RecursiveCharacterTextSplitter: {
    ...splitter('SentenceSplitter'),
    statics: {
      fromLanguage: {
        kind: 'text splitter',
        rule: (node, file) => {
          const [language, options] = node.getArguments();
          if (literalText(language) !== 'markdown')
            return file.cannot(
              node,
              'A splitter for a language of programs has no counterpart; MarkdownSplitter is there for Markdown.',
            );
          return sizesText('MarkdownSplitter', options, '1000', false, node, file);
        },
      },
    },
  },
  CharacterTextSplitter: splitter('SentenceSplitter'),
  TokenTextSplitter: splitter('TokenSplitter', true),
  TextLoader: {
    construct: {
      kind: 'loader',
      rule: (node, file) => {
        const [path] = node.getArguments();
        if (path === undefined) return file.cannot(node, 'It has no path.');
        return `new ${file.use('FilesReader', '@mortise/rag')}({ files: [${file.render(path)}] })`;
      },
    },
  },
  MemoryVectorStore: {
    construct: {
      kind: 'vector store',
      rule: (node, file) => {
        const [embedding] = node.getArguments();
        if (embedding === undefined || node.getArguments().length > 1)
          return file.cannot(node, 'Its options have no counterpart.');
        return openText(embedding, file);
      },
    },
    statics: {
      fromDocuments: {
        kind: 'vector store',
        rule: (node, file) =>
          file.cannot(node, 'It is built inside of another expression. Give it a statement of its own.'),
      },
      fromTexts: {
        kind: 'vector store',
        rule: (node, file) =>
          file.cannot(node, 'It is built inside of another expression. Give it a statement of its own.'),
      },
    },
  },
};
