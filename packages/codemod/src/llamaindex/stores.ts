import { Node, type CallExpression, type Statement } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, constantOf, membersOf, methodCall, objectText } from '../engine/syntax.ts';
import { helper } from './helpers.ts';
import { vectorText } from './nodes.ts';

const OPTIONS = ['clientConfig', 'client', 'dimensions', 'schemaName'];

/** What an environment variable holds may be missing; the store takes a text. */
function connectionText(node: Node, file: Rewriting): string {
  const value = Node.isIdentifier(node) ? constantOf(node) : node;
  const text = file.render(node);
  return /^process\.env\b/.test(value?.getText() ?? '') ? `${text} ?? ''` : text;
}

/** Whether a client is asked by `query(text, values)`, as those of `pg` are. */
function isOfPg(client: Node, file: Rewriting): boolean {
  const value = Node.isIdentifier(client) ? constantOf(client) : undefined;
  const made = value !== undefined && Node.isNewExpression(value) ? value.getExpression() : client;
  const name = Node.isPropertyAccessExpression(made) ? made.getExpression() : made;
  return file.source
    .getImportDeclarations()
    .filter((each) => ['pg', '@vercel/postgres'].includes(each.getModuleSpecifierValue()))
    .flatMap((each) => [each.getDefaultImport(), ...each.getNamedImports().map((one) => one.getNameNode())])
    .some((each) => each?.getText() === name.getText());
}

/** `store.add(nodes)` of nodes that have their vectors. */
function addText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const [nodes, ...others] = node.getArguments();
  if (receiver === undefined || nodes === undefined || others.length > 0)
    return file.cannot(node, 'It is called in an unknown way.');
  const type = file.typed ? file.useType('Node', '@mortise/core') : '';
  const name = helper(
    'vectorEntries',
    file,
    (parts) => `
/** Nodes with the vectors that they have. */
function ${parts.name}(nodes${parts.typed(`: readonly ${type}[]`)}) {
  return nodes.map((node) => {
    if (node.embedding === undefined) throw new TypeError(\`The node \${node.id} has no vector.\`);
    return { node, embedding: node.embedding };
  });
}`,
  );
  return `${file.render(receiver)}.vectors.upsert(${name}(${file.render(nodes)}))`;
}

/** `store.query({ queryEmbedding, similarityTopK })`, whose results are shown as a whole. */
function queryText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const other = [...(members?.keys() ?? [])].find(
    (name) => !['mode', 'queryEmbedding', 'similarityTopK'].includes(name),
  );
  const [vector, topK] = [members?.get('queryEmbedding'), members?.get('similarityTopK')];
  const mode = members?.get('mode')?.getText().replaceAll(/['"]/g, '') ?? 'default';
  const isDense = mode === 'default' || mode === 'VectorStoreQueryMode.DEFAULT';
  if (receiver === undefined || vector === undefined || topK === undefined || other !== undefined || !isDense)
    return file.cannot(node, 'A store is asked here by a vector and for so many nodes alone.');
  file.note(node, 'What is found is a list of { node, score }; it was { nodes, similarities, ids }.');
  return `${file.render(receiver)}.vectors.query({ mode: 'dense', embedding: ${vectorText(vector, file)}, topK: ${file.render(topK)} })`;
}

/** `PGVectorStore` as the two stores of an index, `{ documents, vectors }`. */
const postgres: NameRules = {
  construct: {
    kind: 'vector store',
    rule: (node, file) => {
      const members = membersOf(argumentOf(node));
      const config = membersOf(members?.get('clientConfig'));
      const connection = config?.get('connectionString');
      const other = [...(members?.keys() ?? [])].find((name) => !OPTIONS.includes(name));
      if (other !== undefined) return file.cannot(node, `The option ${other} has no counterpart here.`);
      const client = members?.get('client');
      const isClient = client !== undefined && config === undefined && isOfPg(client, file);
      if (!isClient && (client !== undefined || connection === undefined || config?.size !== 1))
        return file.cannot(
          node,
          'A store is made from a connection string, or from a client: see @mortise/postgres.',
        );
      file.note(
        node,
        'The tables are others, in the schema mortise: documents are taken in once more. A document store and a vector store make one index.',
      );
      const [schema, dimensions] = [members?.get('schemaName'), members?.get('dimensions')];
      const shared = [
        ['client', isClient ? file.render(client) : undefined],
        ['connectionString', connection === undefined ? undefined : connectionText(connection, file)],
        ['schema', schema === undefined ? undefined : file.render(schema)],
      ] as const;
      const size = dimensions === undefined ? '1536' : file.render(dimensions);
      const documents = `new ${file.use('PostgresDocumentStore', '@mortise/postgres')}(${objectText(shared)})`;
      const vectors = `new ${file.use('PostgresVectorStore', '@mortise/postgres')}(${objectText([...shared, ['dimensions', size]])})`;
      return `{ documents: ${documents}, vectors: ${vectors} }`;
    },
  },
};

export const STORES: Readonly<Record<string, NameRules>> = { PGVectorStore: postgres };

export const STORE_KINDS: Readonly<Record<string, KindRules>> = {
  'vector store': { methods: { add: { rule: addText }, query: { kind: 'vector results', rule: queryText } } },
  'vector results': {},
  'stores of an index': {},
};

const COLLECTIONS = ['setCollection', 'clearCollection'];

/** Whether the file empties a store before it is filled. */
export function clearsStores(file: Rewriting): boolean {
  return file.source
    .getDescendants()
    .some(
      (node) =>
        Node.isCallExpression(node) &&
        methodCall(node)?.method === 'clearCollection' &&
        file.kindOf(methodCall(node)?.receiver as Node) === 'vector store',
    );
}

/** `store.setCollection(name)` and `clearCollection()` go: an index has all of its stores, and an update forgets what is gone. */
export function storeStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isExpressionStatement(statement)) return undefined;
  const value = statement.getExpression();
  const call = Node.isAwaitExpression(value) ? value.getExpression() : value;
  const called = Node.isCallExpression(call) ? methodCall(call) : undefined;
  if (called === undefined || !COLLECTIONS.includes(called.method)) return undefined;
  if (file.kindOf(called.receiver) !== 'vector store') return undefined;
  file.note(
    statement,
    called.method === 'setCollection'
      ? 'A collection has no counterpart: everything is in one set of tables. A prefix of the stores makes several.'
      : 'The collection is not emptied first: update() forgets documents that are not among those that it is given.',
    called.method,
  );
  return '';
}
