import { Node, type CallExpression, type Statement } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import {
  argumentOf,
  argumentsText,
  indentOf,
  membersOf,
  methodCall,
  objectText,
  plain,
} from '../engine/syntax.ts';
import { UPDATES } from '../shared/updates.ts';
import { filterText } from './filters.ts';
import { fromSettings, splitterText } from './settings.ts';
import { clearsStores } from './stores.ts';

const VECTORS = 'weights: { bm25: 0, vector: 1 }';

/** `VectorStoreIndex.fromDocuments(...)`, with what it is awaited in. */
function builtIn(node: Node | undefined, file: Rewriting): CallExpression | undefined {
  const value = node === undefined ? undefined : plain(node);
  const call = value !== undefined && Node.isAwaitExpression(value) ? plain(value.getExpression()) : value;
  if (call === undefined || !Node.isCallExpression(call)) return undefined;
  const called = methodCall(call);
  if (called === undefined || file.oldName(called.receiver) !== 'VectorStoreIndex') return undefined;
  return ['fromDocuments', 'init'].includes(called.method) ? call : undefined;
}

interface Building {
  /** `await openIndex(...)`. */
  readonly open: string;
  /** The documents, where there are any. */
  readonly documents: string | undefined;
  /** Options of the update, behind a comma. */
  readonly options: string;
  readonly isKept: boolean;
}

function building(call: CallExpression, file: Rewriting): Building | undefined {
  const isInit = methodCall(call)?.method === 'init';
  const [first, second] = call.getArguments();
  const options =
    membersOf(isInit ? first : second) ??
    (isInit || second !== undefined ? undefined : new Map<string, Node>());
  if (options === undefined || (!isInit && first === undefined)) {
    file.cannot(call, 'Its options are not written where it is called.');
    return undefined;
  }
  const known = isInit ? ['storageContext', 'nodes'] : ['storageContext', 'logProgress', 'docStoreStrategy'];
  const other = [...options.keys()].find((name) => !known.includes(name));
  if (other !== undefined) {
    file.cannot(call, `The option ${other} of an index has no counterpart here.`);
    return undefined;
  }
  const context = options.get('storageContext');
  const given = options.get('nodes');
  if (given !== undefined && (context !== undefined || file.kindOf(given) !== 'node[]')) {
    file.cannot(call, 'An index takes nodes that this file has made, and keeps them in memory.');
    return undefined;
  }
  const nodes =
    given === undefined
      ? undefined
      : `${file.render(given)}.map(({ id, text, metadata }) => ${file.use('createDocument', '@mortise/core')}({ id, text, metadata }))`;
  if (given !== undefined)
    file.note(
      call,
      'Each node is a document of the index, which cuts those that are longer than its pieces, and embeds them.',
    );
  const place = context === undefined ? undefined : file.kindOf(context);
  const isStored = place === 'stores of an index';
  if (context !== undefined && place !== 'storage context' && !isStored) {
    file.cannot(call, 'Where the index is kept cannot be told.');
    return undefined;
  }
  const embedding = fromSettings('embedModel', call, file);
  const splitter = splitterText(call, file);
  if (embedding === undefined || splitter === undefined) return undefined;
  file.note(
    call,
    'The index finds by vectors alone, as before; index.retriever() without weights also looks for words. Scores are relative to the best result: the cosine is in evidence.similarity.',
  );
  if (context !== undefined && !isStored)
    file.note(call, 'The saved index has a format of its own: it is built once more.');
  const settings = objectText([
    ['...', context === undefined || isStored ? undefined : file.render(context)],
    ['splitter', splitter],
  ]);
  const parts = objectText([
    ['embedding', embedding],
    ['...', context !== undefined && isStored ? file.render(context) : undefined],
  ]);
  const open = `await ${file.use('openIndex', '@mortise/rag')}(${argumentsText(parts, settings)})`;
  const documents = isInit || first === undefined ? nodes : file.render(first);
  if (documents !== undefined) file.note(call, UPDATES);
  // Documents of other runs stay in a store that is not emptied first.
  const updating = isStored && !clearsStores(file) ? ', { removeMissing: false }' : '';
  return { open, documents, options: updating, isKept: context !== undefined && !isStored };
}

/** An index is opened, then brought to what the documents say: two statements where there was one. */
export function indexStatement(statement: Statement, file: Rewriting): string | undefined {
  const indent = `\n${indentOf(statement)}`;
  if (Node.isVariableStatement(statement)) {
    const [declaration, ...others] = statement.getDeclarations();
    const call = builtIn(declaration?.getInitializer(), file);
    if (declaration === undefined || call === undefined || others.length > 0) return undefined;
    const built = building(call, file);
    if (built === undefined) return statement.getText();
    const name = declaration.getName();
    return [
      `${statement.getDeclarationKind()} ${name} = ${built.open};`,
      ...(built.documents === undefined ? [] : [`await ${name}.update(${built.documents}${built.options});`]),
      ...(built.documents !== undefined && built.isKept ? [`await ${name}.save();`] : []),
    ].join(indent);
  }
  if (!Node.isExpressionStatement(statement) && !Node.isReturnStatement(statement)) return undefined;
  const call = builtIn(statement.getExpression(), file);
  if (call === undefined) return undefined;
  const built = building(call, file);
  if (built === undefined) return statement.getText();
  const isReturn = Node.isReturnStatement(statement);
  if (isReturn && built.documents === undefined) return `return ${built.open};`;
  const parent = statement.getParent();
  if (isReturn && !Node.isBlock(parent))
    return file.cannot(statement, 'Put the statement into a block.', 'VectorStoreIndex');
  const name = file.freshName('index');
  return [
    `const ${name} = ${built.open};`,
    ...(built.documents === undefined ? [] : [`await ${name}.update(${built.documents}${built.options});`]),
    ...(built.isKept ? [`await ${name}.save();`] : []),
    ...(isReturn ? [`return ${name};`] : []),
  ].join(indent);
}

/** The options of `asRetriever`, as those of our retriever. */
export function retrieverText(
  receiver: Node,
  options: Node | undefined,
  node: Node,
  file: Rewriting,
): string | undefined {
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  const fail = (message: string): undefined => void file.cannot(node, message);
  if (members === undefined) return fail('The options of the retriever are not written where it is made.');
  const other = [...members.keys()].find(
    (name) => !['similarityTopK', 'mode', 'filters', 'index', 'customParams'].includes(name),
  );
  if (other !== undefined) return fail(`The option ${other} of a retriever has no counterpart.`);
  const mode = members.get('mode')?.getText() ?? '';
  if (mode !== '' && !/default|DEFAULT|similarity/i.test(mode))
    return fail('The mode of the retriever has no counterpart.');
  if (members.has('customParams')) return fail('customParams are of another vector store.');
  const topK = members.get('similarityTopK');
  const made = `${file.render(receiver)}.retriever({ topK: ${topK === undefined ? '2' : file.render(topK)}, ${VECTORS} })`;
  const filters = members.get('filters');
  if (filters === undefined) return made;
  const filter = filterText(filters, file);
  if (filter === undefined)
    return fail('The filters are not written out. Filters are an option of retrieve() and query().');
  return filteredText(made, filter, file);
}

/** A retriever that always filters: filters are an option of each call. */
export function filteredText(retriever: string, filter: string, file: Rewriting): string {
  const query = file.typed ? `query: ${file.useType('QueryInput', '@mortise/core')}` : 'query';
  const options = file.typed
    ? `options: ${file.useType('RetrieveOptions', '@mortise/core')} = {}`
    : 'options = {}';
  file.declare(
    [
      `${file.typed ? `function withFilters(retriever: ${file.useType('Retriever', '@mortise/core')}, filters: ${file.useType('MetadataFilter', '@mortise/core')}): ${file.useType('Retriever', '@mortise/core')}` : 'function withFilters(retriever, filters)'} {`,
      `  return { retrieve: (${query}, ${options}) => retriever.retrieve(query, { filters, ...options }) };`,
      '}',
    ].join('\n'),
  );
  return `withFilters(${retriever}, ${filter})`;
}

function asRetriever(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  if (receiver === undefined) return file.cannot(node, 'It is called in an unknown way.');
  return retrieverText(receiver, argumentOf(node), node, file) ?? node.getText();
}

const retrieve = (node: CallExpression, file: Rewriting): string => {
  const { receiver } = methodCall(node) ?? {};
  const argument = argumentOf(node);
  const members = membersOf(argument);
  const query = members?.get('query') ?? (members === undefined ? argument : undefined);
  if (receiver === undefined || query === undefined || (members !== undefined && members.size > 1))
    return file.cannot(node, 'The options of retrieve() have no counterpart.');
  return `${file.render(receiver)}.retrieve(${file.render(query)})`;
};

const inside = 'It is built inside of another expression. Give it a statement of its own.';

export const INDEX_KINDS: Readonly<Record<string, KindRules>> = {
  index: {
    type: { name: 'DocumentIndex', from: '@mortise/rag' },
    methods: {
      asRetriever: { kind: 'retriever', rule: asRetriever },
      insert: {
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const [document] = node.getArguments();
          if (receiver === undefined || document === undefined)
            return file.cannot(node, 'It is called in an unknown way.');
          file.note(node, UPDATES);
          return `${file.render(receiver)}.update([${file.render(document)}], { removeMissing: false })`;
        },
      },
    },
  },
  retriever: {
    type: { name: 'Retriever', from: '@mortise/core' },
    methods: { retrieve: { kind: 'scored node[]', rule: retrieve } },
  },
  'storage context': { properties: { docStore: { kind: 'document store', as: '' } } },
  'document store': {},
};

export const INDEXES: Readonly<Record<string, NameRules>> = {
  SimpleDocumentStore: { type: { name: 'object', kind: 'document store' } },
  VectorStoreIndex: {
    statics: {
      fromDocuments: { kind: 'index', rule: (node, file) => file.cannot(node, inside) },
      init: { kind: 'index', rule: (node, file) => file.cannot(node, inside) },
      fromVectorStore: {
        kind: 'index',
        rule: (node, file) => {
          const [store, ...others] = node.getArguments();
          if (store === undefined || others.length > 0 || file.kindOf(store) !== 'vector store')
            return file.cannot(
              node,
              'An index over a vector store: openIndex({ embedding, documents, vectors }) takes ours.',
            );
          const embedding = fromSettings('embedModel', node, file);
          const splitter = splitterText(node, file);
          if (embedding === undefined || splitter === undefined) return node.getText();
          const parts = objectText([
            ['embedding', embedding],
            ['...', file.render(store)],
          ]);
          return `${file.use('openIndex', '@mortise/rag')}(${parts}, ${objectText([['splitter', splitter]])})`;
        },
      },
    },
    type: { name: 'DocumentIndex', from: '@mortise/rag', kind: 'index' },
    without: 'An index over a vector store: openIndex({ embedding, documents, vectors }) takes ours.',
  },
  VectorIndexRetriever: {
    construct: {
      kind: 'retriever',
      rule: (node, file) => {
        const index = membersOf(argumentOf(node))?.get('index');
        if (index === undefined) return file.cannot(node, 'Its options are not written where it is made.');
        return retrieverText(index, argumentOf(node), node, file) ?? node.getText();
      },
    },
    type: { name: 'Retriever', from: '@mortise/core', kind: 'retriever' },
  },
  Bm25Retriever: {
    construct: {
      kind: 'retriever',
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const store = members?.get('docStore');
        const topK = members?.get('topK');
        const other = [...(members?.keys() ?? [])].find((name) => !['docStore', 'topK'].includes(name));
        if (
          store === undefined ||
          other !== undefined ||
          !Node.isPropertyAccessExpression(store) ||
          file.kindOf(store.getExpression()) !== 'index'
        )
          return file.cannot(
            node,
            'BM25Retriever takes nodes; what this one searches is not an index of this file.',
          );
        return `${file.render(store.getExpression())}.retriever({ topK: ${topK === undefined ? '10' : file.render(topK)}, weights: { bm25: 1, vector: 0 } })`;
      },
    },
  },
  storageContextFromDefaults: {
    call: {
      kind: (node, file) => (ownStores(node, file) === undefined ? 'storage context' : 'stores of an index'),
      sync: true,
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const stores = ownStores(node, file);
        if (stores !== undefined) return file.render(stores);
        const directory = members?.get('persistDir');
        if (directory === undefined || members?.size !== 1)
          return file.cannot(
            node,
            'Stores other than a folder: openIndex takes a document store and a vector store of ours.',
          );
        // What is kept is named here, and opened with the index.
        return `{ directory: ${file.render(directory)} }`;
      },
    },
  },
};

/** The only option of a storage context, where it is a store that becomes ours. */
function ownStores(node: CallExpression, file: Rewriting): Node | undefined {
  const members = membersOf(argumentOf(node));
  const store = members?.get('vectorStore');
  if (store === undefined || members?.size !== 1) return undefined;
  return file.kindOf(store) === 'vector store' ? store : undefined;
}
