import { Node, type Statement } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, constantOf, membersOf, methodCall, objectText } from '../engine/syntax.ts';

const OPTIONS = ['clientConfig', 'dimensions', 'schemaName'];

/** What an environment variable holds may be missing; the store takes a text. */
function connectionText(node: Node, file: Rewriting): string {
  const value = Node.isIdentifier(node) ? constantOf(node) : node;
  const text = file.render(node);
  return /^process\.env\b/.test(value?.getText() ?? '') ? `${text} ?? ''` : text;
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
      if (connection === undefined || config?.size !== 1)
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
        ['connectionString', connectionText(connection, file)],
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
  'vector store': {},
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
