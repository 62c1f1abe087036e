import { Node, type ParameterDeclaration } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, constantOf, membersOf, methodCall } from '../engine/syntax.ts';
import { isNodeStep, memberStep, type MapStep, type Step } from './steps.ts';
import { variablesOf } from './templates.ts';

/** The variables of the prompt that a chain begins with: undefined where they are not written out. */
export function firstVariables(steps: readonly Step[]): string[] | undefined {
  const [first] = steps;
  if (first === undefined || (first.does !== 'prompt' && first.does !== 'chat prompt')) return undefined;
  return promptVariables(first.node);
}

/** The variables of a prompt that is written out in this file. */
export function promptVariables(node: Node): string[] | undefined {
  const value = Node.isIdentifier(node) ? constantOf(node) : node;
  const templates = value === undefined ? undefined : templatesOf(value);
  const all = templates?.map((each) => variablesOf(each)) ?? [undefined];
  return all.every((each) => each !== undefined) ? all.flat() : undefined;
}

/** The templates of a prompt, where each of them is written out. */
function templatesOf(value: Node): Node[] | undefined {
  if (Node.isNewExpression(value)) {
    const options = membersOf(argumentOf(value));
    if (options?.has('partialVariables')) return undefined;
    const template = options?.get('template');
    if (template !== undefined) return [template];
    const messages = options?.get('promptMessages');
    return messages === undefined ? undefined : messagesOf(messages);
  }
  if (!Node.isCallExpression(value)) return undefined;
  const method = methodCall(value)?.method;
  const argument = argumentOf(value);
  if (argument === undefined) return undefined;
  if (method === 'fromTemplate') return [argument];
  return method === 'fromMessages' ? messagesOf(argument) : undefined;
}

function messagesOf(list: Node): Node[] | undefined {
  if (!Node.isArrayLiteralExpression(list)) return undefined;
  const templates = list.getElements().map((element) => {
    if (Node.isArrayLiteralExpression(element)) return element.getElements()[1];
    return Node.isCallExpression(element) && methodCall(element)?.method === 'fromTemplate'
      ? argumentOf(element)
      : undefined;
  });
  return templates.every((each) => each !== undefined) ? templates : undefined;
}

/** The type of what a chain takes; a prompt must have a name to be asked for it. */
export function inputType(steps: readonly Step[], file: Rewriting): string | undefined {
  const [first] = steps;
  if (first === undefined || !(isNodeStep(first) || first.does === 'map')) return undefined;
  if (first.does === 'prompt' || first.does === 'chat prompt') {
    const name = first.name ?? (Node.isIdentifier(first.node) ? first.node.getText() : undefined);
    return name === undefined ? undefined : `Parameters<typeof ${name}.format>[0]`;
  }
  if (first.does === 'chain') return `Parameters<typeof ${first.node.getText()}>[0]`;
  if (first.does === 'map') return mapType(first, file);
  if (first.does === 'document retriever') return 'string';
  if (first.does === 'function') {
    const of = first.node;
    if (Node.isIdentifier(of)) return `Parameters<typeof ${of.getText()}>[0]`;
    return Node.isArrowFunction(of) || Node.isFunctionExpression(of)
      ? of.getParameters()[0]?.getTypeNode()?.getText()
      : undefined;
  }
  return file.useType('ChatInput', '@mortise/core');
}

/** What the members of a map say that they take, together; a text where what comes in is handed on as it is. */
function mapType({ members }: MapStep, file: Rewriting): string | undefined {
  const types = new Set<string>();
  for (const value of members.values()) {
    const by = memberStep(value, file);
    if (by === undefined) return undefined;
    const first = by === 'same' ? undefined : by[0];
    const takesNothing =
      first?.does === 'function' && !Node.isIdentifier(first.node) && parametersOf(first.node).length === 0;
    if (takesNothing) continue;
    const type = by === 'same' ? 'string' : inputType(by, file);
    // A function without a type took whatever came.
    if (type === undefined) return undefined;
    types.add(type);
  }
  return types.size === 0 ? undefined : [...types].join(' & ');
}

function parametersOf(node: Node): ParameterDeclaration[] {
  return Node.isArrowFunction(node) || Node.isFunctionExpression(node) || Node.isFunctionDeclaration(node)
    ? node.getParameters()
    : [];
}

/** Members that a function of this file wants and a map does not give. */
export function missingMembers(node: Node, given: readonly string[]): string[] {
  const declaration = node.getSymbol()?.getDeclarations()[0];
  const of = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : declaration;
  const type = of === undefined ? undefined : parametersOf(of)[0]?.getTypeNode();
  if (!Node.isTypeLiteral(type)) return [];
  return type
    .getProperties()
    .filter((each) => !each.hasQuestionToken() && !given.includes(each.getName()))
    .map((each) => each.getName());
}
