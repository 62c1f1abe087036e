import { Node } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall, plain } from '../engine/syntax.ts';

/** What one step of a chain does with what it is given. */
export type Step = NodeStep | MapStep | { readonly does: 'text' | 'call' | 'calls' | 'bytes' };

/** By a value of the program. */
interface NodeStep {
  readonly does:
    | ('prompt' | 'chat prompt' | 'chat model' | 'text model' | 'structured model')
    | ('parser' | 'document retriever' | 'function' | 'chain');
  readonly node: Node;
  /** The constant that stands for it, where it got one. */
  readonly name?: string;
}

/** Members that are made of what comes in, each by itself; `keeps` those that came in too. */
export interface MapStep {
  readonly does: 'map';
  readonly members: ReadonlyMap<string, Node>;
  readonly keeps: boolean;
}

/** Of a value of the program. */
export const isNodeStep = (step: Step): step is NodeStep => 'node' in step;

/** Kinds that are a step by themselves. */
const STEP_KINDS: ReadonlySet<string> = new Set([
  ...[
    'prompt',
    'chat prompt',
    'chat model',
    'text model',
    'structured model',
    'parser',
    'document retriever',
  ],
]);
/** Parsers of LangChain's that are a member of a reply here, by kind. */
const READS: Readonly<Record<string, 'text' | 'call' | 'calls' | 'bytes'>> = {
  'text parser': 'text',
  'call parser': 'call',
  'calls parser': 'calls',
  'bytes parser': 'bytes',
};

/** The steps of `a.pipe(b)`, of `RunnableSequence.from([a, b])` and of what they are made of. Undefined for anything else. */
export function stepsOf(node: Node, file: Rewriting): Step[] | undefined {
  const value = plain(node);
  if (Node.isCallExpression(value)) {
    const called = methodCall(value);
    if (
      called !== undefined &&
      file.oldName(called.receiver) === 'RunnableSequence' &&
      called.method === 'from'
    ) {
      const list = argumentOf(value);
      if (list === undefined || !Node.isArrayLiteralExpression(list)) return undefined;
      return joined(list.getElements(), file);
    }
    if (called?.method === 'pipe' && value.getArguments().length === 1)
      return joined([called.receiver, argumentOf(value) as Node], file);
  }
  const kind = file.kindOf(value);
  const reads = kind === undefined ? undefined : READS[kind];
  if (reads !== undefined) return [{ does: reads }];
  if (kind !== undefined && STEP_KINDS.has(kind)) return [{ does: kind as 'prompt', node: value }];
  if (Node.isIdentifier(value) && isFunctionName(value)) return [{ does: 'function', node: value }];
  if (kind === 'chain' && Node.isIdentifier(value)) return [{ does: 'chain', node: value }];
  const map = mapOf(value, file);
  if (map !== undefined) return [map];
  if (Node.isArrowFunction(value) || Node.isFunctionExpression(value))
    return [{ does: 'function', node: value }];
  return undefined;
}

/** `{ a: ..., b: ... }`, `RunnableMap.from({...})` and `RunnablePassthrough.assign({...})`. */
function mapOf(value: Node, file: Rewriting): Step | undefined {
  let literal: Node | undefined = value;
  let keeps = false;
  if (Node.isCallExpression(value)) {
    const called = methodCall(value);
    const owner = called === undefined ? undefined : file.oldName(called.receiver);
    keeps = owner === 'RunnablePassthrough' && called?.method === 'assign';
    if (!keeps && !(owner === 'RunnableMap' && called?.method === 'from')) return undefined;
    literal = argumentOf(value);
  }
  const members = membersOf(literal);
  if (members === undefined || members.size === 0) return undefined;
  const known = [...members.values()].every((each) => memberStep(each, file) !== undefined);
  return known ? { does: 'map', members, keeps } : undefined;
}

/** A function of this file, by its name. */
function isFunctionName(node: Node): boolean {
  const declaration = node.getSymbol()?.getDeclarations()[0];
  const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : declaration;
  return Node.isFunctionDeclaration(value) || Node.isArrowFunction(value) || Node.isFunctionExpression(value);
}

/** What a member of a map is made by: a function, a chain, or `same` for what came in. */
export function memberStep(node: Node, file: Rewriting): 'same' | Step[] | undefined {
  if (Node.isNewExpression(node) && file.oldName(node.getExpression()) === 'RunnablePassthrough')
    return 'same';
  return stepsOf(node, file);
}

function joined(nodes: readonly Node[], file: Rewriting): Step[] | undefined {
  const all = nodes.map((each) => stepsOf(each, file));
  return all.every((each) => each !== undefined) ? all.flat() : undefined;
}
