import { Node } from 'ts-morph';
import type { Rewriting } from './contract.ts';
import { methodCall } from './syntax.ts';

interface Escape {
  readonly message: string;
  readonly construct: string;
}

/** Calls that show a value and do nothing else with it. */
const SHOWING =
  /^(?:console\.\w+|JSON\.stringify|process\.stdout\.write|String|util\.inspect|inspect|assert\w*(?:\.\w+)?|expect)$/;
/** Methods of lists whose elements stay what they are. */
export const LIST_METHODS: ReadonlySet<string> = new Set([
  ...['forEach', 'map', 'filter', 'find', 'findIndex', 'some', 'every', 'flatMap', 'sort', 'reduce'],
  ...['slice', 'at', 'push', 'concat', 'join', 'pop', 'shift', 'unshift', 'reverse', 'entries', 'includes'],
]);

/**
 * Why a value cannot be followed from here. A value whose uses are not all known would be of another shape where nobody
 * looks, so the file is left alone.
 */
export function escapeProblem(node: Node, file: Rewriting): Escape | undefined {
  const kind = file.kindOf(node);
  if (kind === undefined || file.library.kinds[kind.replace(/\[\]$/, '')]?.plain) return undefined;
  const where = unknownUse(node, file);
  if (where === undefined) return undefined;
  return { message: `What a ${kind} becomes ${where}, where the codemod cannot follow it.`, construct: kind };
}

function unknownUse(node: Node, file: Rewriting): string | undefined {
  const parent = node.getParentOrThrow();
  if (
    Node.isPropertyAccessExpression(parent) ||
    Node.isAwaitExpression(parent) ||
    Node.isParenthesizedExpression(parent) ||
    Node.isNonNullExpression(parent) ||
    Node.isExpressionStatement(parent) ||
    Node.isVoidExpression(parent) ||
    Node.isForOfStatement(parent) ||
    Node.isElementAccessExpression(parent) ||
    Node.isTemplateSpan(parent) ||
    Node.isIfStatement(parent) ||
    Node.isPrefixUnaryExpression(parent) ||
    Node.isBindingElement(parent) ||
    Node.isTypeOfExpression(parent) ||
    Node.isTypeQuery(parent) ||
    Node.isParameterDeclaration(parent) ||
    Node.isExportSpecifier(parent)
  )
    return undefined;
  if (Node.isVariableDeclaration(parent)) {
    const type = parent.getTypeNode();
    if (parent.getInitializer() !== node || type === undefined) return undefined;
    return file.kindOf(parent) === undefined ? 'gets a type of its own' : undefined;
  }
  if (Node.isAsExpression(parent) || Node.isSatisfiesExpression(parent)) return undefined;
  if (Node.isReturnStatement(parent) || Node.isArrowFunction(parent)) return undefined;
  if (Node.isBinaryExpression(parent)) return binaryUse(parent, file);
  if (Node.isConditionalExpression(parent))
    return parent.getCondition() === node || file.kindOf(parent) !== undefined
      ? undefined
      : 'is one of two kinds';
  if (Node.isArrayLiteralExpression(parent) || Node.isSpreadElement(parent)) return unknownUse(parent, file);
  if (Node.isPropertyAssignment(parent) || Node.isShorthandPropertyAssignment(parent))
    return memberUse(parent.getParentOrThrow(), file);
  if (Node.isCallExpression(parent) || Node.isNewExpression(parent)) return argumentUse(node, parent, file);
  if (Node.isExportAssignment(parent)) return undefined;
  return 'is used';
}

function binaryUse(parent: Node, file: Rewriting): string | undefined {
  if (!Node.isBinaryExpression(parent)) return undefined;
  const operator = parent.getOperatorToken().getText();
  if (operator === '=') {
    const left = parent.getLeft();
    if (Node.isPropertyAccessExpression(left) && file.oldName(left.getExpression()) !== undefined)
      return undefined;
    return Node.isIdentifier(left) && file.kindOf(left) !== undefined
      ? undefined
      : `is kept in ${left.getText().slice(0, 40)}`;
  }
  return undefined;
}

/** An object literal hands on what is in it. */
function memberUse(literal: Node, file: Rewriting): string | undefined {
  const parent = literal.getParentOrThrow();
  if (Node.isPropertyAssignment(parent)) return memberUse(parent.getParentOrThrow(), file);
  if (Node.isArrayLiteralExpression(parent)) return memberUse(parent, file);
  if (Node.isCallExpression(parent) || Node.isNewExpression(parent))
    return argumentUse(literal, parent, file);
  if (Node.isParenthesizedExpression(parent) || Node.isAsExpression(parent)) return memberUse(parent, file);
  if (file.kindOf(literal) !== undefined || file.kindOf(parent) !== undefined) return undefined;
  return 'is kept in an object';
}

function argumentUse(node: Node, parent: Node, file: Rewriting): string | undefined {
  if (!Node.isCallExpression(parent) && !Node.isNewExpression(parent)) return undefined;
  const callee = parent.getExpression();
  if (callee === node) return undefined;
  if (file.oldName(callee) !== undefined || SHOWING.test(callee.getText())) return undefined;
  if (Node.isCallExpression(parent)) {
    const called = methodCall(parent);
    if (called !== undefined) {
      if (file.oldName(called.receiver) !== undefined) return undefined;
      const kind = file.kindOf(called.receiver);
      if (kind !== undefined) return undefined;
    }
    if (Node.isIdentifier(callee) && takesIt(callee, parent.getArguments().indexOf(node), file))
      return undefined;
  }
  return `goes to ${callee.getText().slice(0, 40)}()`;
}

/** A function of this file whose parameter has a type of the old library. */
function takesIt(callee: Node, index: number, file: Rewriting): boolean {
  return (callee.getSymbol()?.getDeclarations() ?? []).some((declaration) => {
    const of = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : declaration;
    if (of === undefined) return false;
    if (!Node.isFunctionDeclaration(of) && !Node.isArrowFunction(of) && !Node.isFunctionExpression(of))
      return false;
    const parameter = of.getParameters()[index];
    return parameter !== undefined && file.kindOf(parameter) !== undefined;
  });
}
