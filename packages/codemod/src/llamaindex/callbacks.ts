import { Node, SyntaxKind, type Statement } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { methodCall } from '../engine/syntax.ts';
import { helper } from './helpers.ts';

/** What a callback may read of an event, by the name in `event.detail`: the member that is asked of it. */
const READ: Readonly<Record<string, string>> = { nodes: 'length', query: 'query' };

/** `Settings.callbackManager.on('retrieve-end', ...)` as a subscription to what retrievers find. */
export function callbackStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isExpressionStatement(statement)) return undefined;
  const call = statement.getExpression();
  const called = Node.isCallExpression(call) ? methodCall(call) : undefined;
  if (called?.method !== 'on' || !Node.isCallExpression(call)) return undefined;
  const manager = called.receiver;
  if (!Node.isPropertyAccessExpression(manager) || manager.getName() !== 'callbackManager') return undefined;
  if (file.oldName(manager.getExpression()) !== 'Settings') return undefined;
  const [event, callback] = call.getArguments();
  if (event?.getText().replaceAll(/['"]/g, '') !== 'retrieve-end' || !readsOnly(callback))
    return file.cannot(
      statement,
      'Callbacks are subscribe() of @mortise/core, whose events are others: see docs/guides/events.md.',
      'callbackManager',
    );
  file.note(
    statement,
    'Each retriever tells what it found, one inside of another too, for as long as the program runs.',
    'callbackManager',
  );
  return `${retrieveHelper(file)}(${file.render(callback as Node)});`;
}

/** Whether a callback takes how many nodes there are, and the question, and nothing else. */
function readsOnly(callback: Node | undefined): boolean {
  if (callback === undefined || !Node.isArrowFunction(callback)) return false;
  const [event, ...others] = callback.getParameters();
  if (event === undefined || others.length > 0 || !Node.isIdentifier(event.getNameNode())) return false;
  return uses(event.getNameNode(), callback).every((use) => {
    const detail = use.getParent();
    if (!Node.isPropertyAccessExpression(detail) || detail.getName() !== 'detail') return false;
    const declaration = detail.getParent();
    if (!Node.isVariableDeclaration(declaration)) return false;
    const pattern = declaration.getNameNode();
    if (!Node.isObjectBindingPattern(pattern)) return false;
    return pattern.getElements().every((element) => {
      const member = READ[element.getPropertyNameNode()?.getText() ?? element.getName()];
      return (
        member !== undefined &&
        Node.isIdentifier(element.getNameNode()) &&
        uses(element.getNameNode(), callback).every((each) => {
          const read = each.getParent();
          return Node.isPropertyAccessExpression(read) && read.getName() === member;
        })
      );
    });
  });
}

/** Where a name is used, apart from where it is declared. */
function uses(name: Node, within: Node): Node[] {
  const declaration = name.getParent();
  return within
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((each) => each !== name && each.getSymbol()?.getDeclarations()[0] === declaration);
}

function retrieveHelper(file: Rewriting): string {
  const subscribe = file.use('subscribe', '@mortise/core/events');
  return helper(
    'onRetrieved',
    file,
    ({ name, typed }) => `
/** Calls back with what each retriever has found. */
function ${name}(callback${typed(': (event: { detail: { query: { query: string }; nodes: readonly unknown[] } }) => void')}) {
  ${subscribe}(
    (event) => {
      if (event.name !== 'retriever.retrieve' || event.phase !== 'end') return;
      const { query, nodes } = event.content${typed(' as { query: string | { query: string }; nodes: readonly unknown[] }')};
      callback({ detail: { query: typeof query === 'string' ? { query } : query, nodes } });
    },
    { captureContent: true },
  );
}`,
  );
}
