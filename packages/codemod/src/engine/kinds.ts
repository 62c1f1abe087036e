import { Node } from 'ts-morph';
import type { Kind, KindOf, Rewriting } from './contract.ts';
import { LIST_METHODS } from './escape.ts';
import { methodCall, own } from './syntax.ts';

/** Finds out what values of the old library a file's expressions are: from constructors, calls, types and destructuring. */
export function createKinds(file: () => Rewriting): (node: Node) => Kind | undefined {
  const known = new Map<Node, Kind | undefined>();
  return (node) => {
    if (known.has(node)) return known.get(node);
    // A value that is made of itself has no kind.
    known.set(node, undefined);
    const kind = find(node, file());
    known.set(node, kind);
    return kind;
  };
}

function find(node: Node, file: Rewriting): Kind | undefined {
  if (
    Node.isParenthesizedExpression(node) ||
    Node.isNonNullExpression(node) ||
    Node.isAwaitExpression(node) ||
    Node.isSatisfiesExpression(node)
  )
    return file.kindOf(node.getExpression());
  if (Node.isAsExpression(node))
    return typeKind(node.getTypeNode(), file) ?? file.kindOf(node.getExpression());
  if (Node.isNewExpression(node)) {
    const name = file.oldName(node.getExpression());
    return name === undefined ? undefined : resolved(file.library.names[name]?.construct?.kind, node, file);
  }
  if (Node.isCallExpression(node)) return callKind(node, file);
  if (Node.isPropertyAccessExpression(node)) {
    const kind = file.kindOf(node.getExpression());
    if (kind === undefined) return undefined;
    return resolved(own(file.library.kinds[kind]?.properties, node.getName())?.kind, node, file);
  }
  if (Node.isElementAccessExpression(node)) return elementOf(file.kindOf(node.getExpression()));
  if (Node.isConditionalExpression(node)) {
    const kind = file.kindOf(node.getWhenTrue());
    return kind === file.kindOf(node.getWhenFalse()) ? kind : undefined;
  }
  if (Node.isBinaryExpression(node) && ['??', '||', '&&'].includes(node.getOperatorToken().getText()))
    return file.kindOf(node.getLeft()) ?? file.kindOf(node.getRight());
  if (Node.isArrayLiteralExpression(node)) {
    const kinds = new Set(node.getElements().map((each) => file.kindOf(each)));
    const [kind] = kinds;
    return kinds.size === 1 && kind !== undefined ? `${kind}[]` : undefined;
  }
  if (Node.isSpreadElement(node)) return elementOf(file.kindOf(node.getExpression()));
  if (Node.isIdentifier(node)) {
    if (file.oldName(node) !== undefined) return undefined;
    const parent = node.getParent();
    if (Node.isPropertyAssignment(parent) && parent.getNameNode() === node) return undefined;
    if (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === node) return undefined;
    if (Node.isBindingElement(parent) && parent.getPropertyNameNode() === node) return undefined;
    const symbol = Node.isShorthandPropertyAssignment(parent) ? parent.getValueSymbol() : node.getSymbol();
    const declaration = symbol?.getDeclarations()[0];
    return declaration === undefined || declaration === node ? undefined : file.kindOf(declaration);
  }
  if (Node.isVariableDeclaration(node)) return variableKind(node, file);
  if (Node.isBindingElement(node)) return bindingKind(node, file);
  if (Node.isParameterDeclaration(node)) return parameterKind(node, file);
  return undefined;
}

/** `T[]` of a list of `T`. */
export function elementOf(kind: Kind | undefined): Kind | undefined {
  return kind?.endsWith('[]') ? kind.slice(0, -2) : undefined;
}

function resolved<N extends Node>(kind: KindOf<N> | undefined, node: N, file: Rewriting): Kind | undefined {
  return typeof kind === 'function' ? kind(node, file) : kind;
}

function callKind(node: Node, file: Rewriting): Kind | undefined {
  if (!Node.isCallExpression(node)) return undefined;
  const callee = node.getExpression();
  const name = file.oldName(callee);
  if (name !== undefined) return resolved(file.library.names[name]?.call?.kind, node, file);
  const called = methodCall(node);
  if (called !== undefined) {
    const owner = file.oldName(called.receiver);
    if (owner !== undefined)
      return resolved(own(file.library.names[owner]?.statics, called.method)?.kind, node, file);
    const kind = file.kindOf(called.receiver);
    if (kind === undefined) return undefined;
    const method = own(file.library.kinds[kind]?.methods, called.method);
    if (method !== undefined) return resolved(method.kind, node, file);
    return listKind(kind, called.method, node, file);
  }
  if (!Node.isIdentifier(callee)) return undefined;
  const declaration = callee.getSymbol()?.getDeclarations()[0];
  return declaration === undefined ? undefined : returnedKind(declaration, file);
}

function listKind(kind: Kind, method: string, node: Node, file: Rewriting): Kind | undefined {
  const element = elementOf(kind);
  if (element === undefined || !LIST_METHODS.has(method) || !Node.isCallExpression(node)) return undefined;
  if (['filter', 'slice', 'sort', 'reverse', 'concat'].includes(method)) return kind;
  if (['find', 'at', 'pop', 'shift'].includes(method)) return element;
  const [mapper] = node.getArguments();
  if (method !== 'map' || mapper === undefined) return undefined;
  const mapped = returnedKind(mapper, file);
  return mapped === undefined ? undefined : `${mapped}[]`;
}

/** The kind of what a function gives, where all its returns are of one. */
export function returnedKind(node: Node, file: Rewriting): Kind | undefined {
  const of = Node.isVariableDeclaration(node) ? node.getInitializer() : node;
  if (of === undefined) return undefined;
  if (!Node.isFunctionDeclaration(of) && !Node.isArrowFunction(of) && !Node.isFunctionExpression(of))
    return undefined;
  const body = of.getBody();
  if (body === undefined) return undefined;
  if (Node.isExpression(body)) return file.kindOf(body);
  const kinds = new Set<Kind | undefined>();
  body.forEachDescendant((each, traversal) => {
    if (Node.isFunctionLikeDeclaration(each) || Node.isArrowFunction(each) || Node.isFunctionExpression(each))
      traversal.skip();
    else if (Node.isReturnStatement(each)) {
      const value = each.getExpression();
      kinds.add(value === undefined ? undefined : file.kindOf(value));
    }
  });
  return kinds.size === 1 ? [...kinds][0] : undefined;
}

function variableKind(node: Node, file: Rewriting): Kind | undefined {
  if (!Node.isVariableDeclaration(node)) return undefined;
  const typed = typeKind(node.getTypeNode(), file);
  if (typed !== undefined) return typed;
  const list = node.getParent();
  const loop = list?.getParent();
  if (Node.isForOfStatement(loop)) {
    const kind = file.kindOf(loop.getExpression());
    if (kind === undefined) return undefined;
    return elementOf(kind) ?? file.library.kinds[kind]?.iterates?.kind;
  }
  const value = node.getInitializer();
  return value === undefined ? undefined : file.kindOf(value);
}

function bindingKind(node: Node, file: Rewriting): Kind | undefined {
  if (!Node.isBindingElement(node)) return undefined;
  const pattern = node.getParent();
  const holder = pattern.getParent();
  const kind =
    Node.isVariableDeclaration(holder) || Node.isParameterDeclaration(holder)
      ? file.kindOf(holder)
      : undefined;
  if (kind === undefined) return undefined;
  if (Node.isArrayBindingPattern(pattern)) return elementOf(kind);
  const name = node.getPropertyNameNode()?.getText() ?? node.getName();
  const rule = own(file.library.kinds[kind]?.properties, name);
  return rule?.bound === undefined ? resolved(rule?.kind, node as Node, file) : rule.bound.kind;
}

function parameterKind(node: Node, file: Rewriting): Kind | undefined {
  if (!Node.isParameterDeclaration(node)) return undefined;
  const typed = typeKind(node.getTypeNode(), file);
  if (typed !== undefined) return typed;
  const of = node.getParent();
  const call = of.getParent();
  if (!Node.isCallExpression(call) || (!Node.isArrowFunction(of) && !Node.isFunctionExpression(of)))
    return undefined;
  const called = methodCall(call);
  if (called === undefined || of.getParameters()[0] !== node) return undefined;
  const kind = file.kindOf(called.receiver);
  if (called.method === 'then') return kind;
  return LIST_METHODS.has(called.method) && called.method !== 'reduce' ? elementOf(kind) : undefined;
}

/** The kind of values of a type: `Document`, `Document[]`, `Promise<Document>`, `Document | undefined`. */
function typeKind(type: Node | undefined, file: Rewriting): Kind | undefined {
  if (type === undefined) return undefined;
  if (Node.isArrayTypeNode(type)) {
    const element = typeKind(type.getElementTypeNode(), file);
    return element === undefined ? undefined : `${element}[]`;
  }
  if (Node.isUnionTypeNode(type)) {
    const kinds = type.getTypeNodes().map((each) => typeKind(each, file));
    return kinds.find((kind) => kind !== undefined);
  }
  if (!Node.isTypeReference(type)) return undefined;
  const name = file.oldName(type.getTypeName());
  if (name !== undefined) return file.library.names[name]?.type?.kind;
  const [argument] = type.getTypeArguments();
  if (argument === undefined) return undefined;
  const inner = typeKind(argument, file);
  if (inner === undefined) return undefined;
  const of = type.getTypeName().getText();
  if (of === 'Promise') return inner;
  return of === 'Array' || of === 'ReadonlyArray' ? `${inner}[]` : undefined;
}
