import { Node, type Statement } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { mayWait, methodCall, objectText, plain } from '../engine/syntax.ts';
import { fromSettings, splitterText } from './settings.ts';

/** `const count = Object.keys(context.docStore.toDict()).length`: how many documents a saved index has. */
export function keptStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  const length = declaration?.getInitializer();
  if (declaration === undefined || others.length > 0 || declaration.getTypeNode() !== undefined)
    return undefined;
  if (!Node.isPropertyAccessExpression(length) || length.getName() !== 'length') return undefined;
  const keys = length.getExpression();
  if (!Node.isCallExpression(keys) || keys.getExpression().getText() !== 'Object.keys') return undefined;
  const [dict] = keys.getArguments();
  const called = Node.isCallExpression(dict) ? methodCall(dict) : undefined;
  if (called?.method !== 'toDict' || file.kindOf(called.receiver) !== 'document store') return undefined;
  const store = plain(called.receiver);
  if (!Node.isPropertyAccessExpression(store) || !mayWait(statement)) return undefined;
  const embedding = fromSettings('embedModel', statement, file);
  const splitter = splitterText(statement, file);
  if (embedding === undefined || splitter === undefined) return statement.getText();
  file.note(
    statement,
    'The index is opened for its size, which counts documents and not their nodes.',
    'docStore',
  );
  const openIndex = file.use('openIndex', '@mortise/rag');
  const place = objectText([
    ['...', file.render(store.getExpression())],
    ['splitter', splitter],
  ]);
  return `${statement.getDeclarationKind()} ${declaration.getName()} = (await ${openIndex}(${objectText([['embedding', embedding]])}, ${place})).size;`;
}
