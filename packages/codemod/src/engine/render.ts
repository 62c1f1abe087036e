import { Node } from 'ts-morph';
import type { PropertyRule, Rewriting } from './contract.ts';
import { escapeProblem } from './escape.ts';
import { methodCall, own } from './syntax.ts';

/** The new text of a node: by a rule where there is one for it, else its own with the new texts of what is in it. */
export function renderNode(node: Node, file: Rewriting): string {
  return byRule(node, file) ?? renderChildren(node, file);
}

/** The node as it is written, comments and white space included, with the new texts of its children. */
export function renderChildren(node: Node, file: Rewriting): string {
  const text = node.getSourceFile().getFullText();
  let rendered = '';
  let at = node.getStart();
  for (const child of node.forEachChildAsArray()) {
    if (child.getStart() < at) continue;
    rendered += text.slice(at, child.getStart()) + file.render(child);
    at = child.getEnd();
  }
  return rendered + text.slice(at, node.getEnd());
}

function byRule(node: Node, file: Rewriting): string | undefined {
  if (Node.isStatement(node)) {
    const text = file.library.statement?.(node, file);
    if (text !== undefined) return text;
  }
  if (Node.isImportDeclaration(node)) return undefined;
  if (Node.isTypeReference(node)) return typeReference(node, file);
  if (Node.isExpressionWithTypeArguments(node)) {
    const name = file.oldName(node.getExpression());
    return name === undefined
      ? undefined
      : file.cannot(node, `${name} cannot be extended or implemented by rule.`, name);
  }
  if (Node.isForOfStatement(node)) return forOf(node, file);
  if (Node.isAwaitExpression(node)) return awaited(node, file);
  const escaped = Node.isExpression(node) ? escapeProblem(node, file) : undefined;
  if (escaped !== undefined) return file.cannot(node, escaped.message, escaped.construct);
  if (Node.isNewExpression(node)) return construction(node, file);
  if (Node.isCallExpression(node)) return call(node, file);
  if (Node.isPropertyAccessExpression(node)) return access(node, file);
  if (Node.isBindingElement(node)) return binding(node, file);
  if (Node.isIdentifier(node)) return identifier(node, file);
  return undefined;
}

function typeReference(node: Node & { getTypeName(): Node }, file: Rewriting): string | undefined {
  const name = file.oldName(node.getTypeName());
  if (name === undefined) return undefined;
  const type = file.library.names[name]?.type;
  if (type === undefined) return file.cannot(node, `The type ${name} has no counterpart.`, name);
  return type.from === undefined ? type.name : file.useType(type.name, type.from);
}

function forOf(node: Node, file: Rewriting): string | undefined {
  if (!Node.isForOfStatement(node)) return undefined;
  const kind = file.kindOf(node.getExpression());
  const iterates = kind === undefined ? undefined : file.library.kinds[kind]?.iterates;
  if (iterates === undefined) return undefined;
  const text = node.getSourceFile().getFullText();
  const before = text.slice(node.getStart(), node.getInitializer().getStart());
  const between = text.slice(node.getInitializer().getEnd(), node.getExpression().getStart());
  const after = text.slice(node.getExpression().getEnd(), node.getStatement().getStart());
  const variable =
    elementBinding(node.getInitializer(), iterates.kind, file) ?? file.render(node.getInitializer());
  return `${before}${variable}${between}${file.render(node.getExpression())}${iterates.through}${after}${file.render(node.getStatement())}`;
}

/** `const { delta }` of chunks that are texts becomes `const delta`. */
function elementBinding(initializer: Node, kind: string | undefined, file: Rewriting): string | undefined {
  if (kind === undefined || !Node.isVariableDeclarationList(initializer)) return undefined;
  const name = initializer.getDeclarations()[0]?.getNameNode();
  if (name === undefined || !Node.isObjectBindingPattern(name)) return undefined;
  const [element, ...others] = name.getElements();
  const property = element?.getPropertyNameNode()?.getText() ?? element?.getName() ?? '';
  if (element === undefined || others.length > 0) return undefined;
  if (own(file.library.kinds[kind]?.properties, property)?.as !== '') return undefined;
  return `${initializer.getDeclarationKind()} ${element.getName()}`;
}

/** What begins at the first read is not waited for. */
function awaited(node: Node & { getExpression(): Node }, file: Rewriting): string | undefined {
  const value = node.getExpression();
  const own = file.library.awaited?.(value, file);
  if (own !== undefined) return own;
  const kind = file.kindOf(value);
  const isStream = kind !== undefined && file.library.kinds[kind]?.iterates !== undefined;
  return isStream || isSync(value, file) ? file.render(value) : undefined;
}

function isSync(node: Node, file: Rewriting): boolean {
  const name = Node.isCallExpression(node) ? file.oldName(node.getExpression()) : undefined;
  if (name !== undefined) return file.library.names[name]?.call?.sync === true;
  const called = Node.isCallExpression(node) ? methodCall(node) : undefined;
  if (called === undefined) return false;
  const owner = file.oldName(called.receiver);
  if (owner !== undefined) return own(file.library.names[owner]?.statics, called.method)?.sync === true;
  const kind = file.kindOf(called.receiver);
  return kind !== undefined && own(file.library.kinds[kind]?.methods, called.method)?.sync === true;
}

function construction(node: Node, file: Rewriting): string | undefined {
  if (!Node.isNewExpression(node)) return undefined;
  const name = file.oldName(node.getExpression());
  if (name === undefined) return undefined;
  const rules = file.library.names[name];
  if (rules?.construct !== undefined) return rules.construct.rule(node, file);
  return file.cannot(node, rules?.without ?? `${name} has no counterpart in Mortise.`, name);
}

function call(node: Node, file: Rewriting): string | undefined {
  if (!Node.isCallExpression(node)) return undefined;
  const name = file.oldName(node.getExpression());
  if (name !== undefined) {
    const rules = file.library.names[name];
    if (rules?.call !== undefined) return rules.call.rule(node, file);
    return file.cannot(node, rules?.without ?? `${name}() has no counterpart in Mortise.`, name);
  }
  const called = methodCall(node);
  if (called === undefined) return undefined;
  const owner = file.oldName(called.receiver);
  if (owner !== undefined) {
    const rules = file.library.names[owner];
    const rule = own(rules?.statics, called.method)?.rule;
    if (rule !== undefined) return rule(node, file);
    return file.cannot(node, rules?.without ?? `${owner}.${called.method}() has no counterpart.`, owner);
  }
  const kind = file.kindOf(called.receiver);
  if (kind === undefined) return undefined;
  const rule = own(file.library.kinds[kind]?.methods, called.method)?.rule;
  if (rule !== undefined) return rule(node, file);
  if (kind.endsWith('[]') || file.library.kinds[kind]?.plain) return undefined;
  return file.cannot(node, `${called.method}() of ${described(kind)} has no counterpart.`, kind);
}

function access(node: Node, file: Rewriting): string | undefined {
  if (!Node.isPropertyAccessExpression(node)) return undefined;
  const owner = file.oldName(node.getExpression());
  if (owner !== undefined) {
    const value = own(file.library.names[owner]?.values, node.getName());
    if (typeof value === 'function') return value(node, file);
    const without = file.library.names[owner]?.without;
    return value ?? file.cannot(node, without ?? `${owner}.${node.getName()} has no counterpart.`, owner);
  }
  const kind = file.kindOf(node.getExpression());
  if (kind === undefined || kind.endsWith('[]')) return undefined;
  const rule = own(file.library.kinds[kind]?.properties, node.getName());
  if (rule === undefined) {
    if (file.library.kinds[kind]?.plain) return undefined;
    return file.cannot(node, `${node.getName()} of ${described(kind)} has no counterpart.`, kind);
  }
  return property(rule, node, file);
}

function property(rule: PropertyRule, node: Node, file: Rewriting): string | undefined {
  if (!Node.isPropertyAccessExpression(node)) return undefined;
  if (typeof rule.as !== 'string') return rule.as(node, file);
  const receiver = file.render(node.getExpression());
  if (rule.as === '') return receiver;
  const text = node.getSourceFile().getFullText();
  const between = text.slice(node.getExpression().getEnd(), node.getNameNode().getStart());
  return `${receiver}${between}${rule.as}`;
}

/** `const { message } = ...` of an answer becomes `const { text: message } = ...`. */
function binding(node: Node, file: Rewriting): string | undefined {
  if (!Node.isBindingElement(node)) return undefined;
  const pattern = node.getParent();
  if (!Node.isObjectBindingPattern(pattern)) return undefined;
  const kind = file.kindOf(pattern.getParent());
  if (kind === undefined || file.library.kinds[kind]?.plain) return undefined;
  const name = node.getPropertyNameNode()?.getText() ?? node.getName();
  const rule = own(file.library.kinds[kind]?.properties, name);
  const as = rule?.bound?.as ?? rule?.as;
  if (typeof as !== 'string' || as === '' || !Node.isIdentifier(node.getNameNode()))
    return file.cannot(node, `${name} of ${described(kind)} has no counterpart.`, kind);
  return as === node.getName() ? as : `${as}: ${node.getName()}`;
}

function identifier(node: Node, file: Rewriting): string | undefined {
  const name = file.oldName(node);
  if (name === undefined) return undefined;
  const type = file.library.names[name]?.type;
  if (Node.isTypeQuery(node.getParent()) || type === undefined)
    return file.cannot(
      node,
      file.library.names[name]?.without ?? `${name} is used in a way that the codemod does not know.`,
      name,
    );
  return file.cannot(node, `${name} is a type in Mortise, and no value.`, name);
}

/** `queryEngine` is told as `a queryEngine`; a dot is ours alone. */
export const described = (kind: string): string => `a value of ${kind.replace(/\[\]$/, '')}`;
