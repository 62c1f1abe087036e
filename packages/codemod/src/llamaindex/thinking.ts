import { Node, SyntaxKind, type CallExpression } from 'ts-morph';
import type { KindRules, PropertyRule, Rewriting } from '../engine/contract.ts';
import { ANSWERS, OPTIONS } from '../shared/answers.ts';
import { helper } from './helpers.ts';

const MEMBERS = ['thinking', 'thinking_signature'];

/** Whether a loop over the chunks of this call reads their options. */
export function readsThoughts(call: CallExpression): boolean {
  const holder = call.getFirstAncestor(
    (each) => !Node.isAwaitExpression(each) && !Node.isParenthesizedExpression(each),
  );
  const loops = Node.isForOfStatement(holder)
    ? [holder]
    : call
        .getSourceFile()
        .getDescendantsOfKind(SyntaxKind.ForOfStatement)
        .filter((loop) => {
          const over = loop.getExpression();
          return Node.isIdentifier(over) && over.getSymbol()?.getDeclarations()[0] === holder;
        });
  return loops.some((loop) => {
    const initializer = loop.getInitializer();
    if (!Node.isVariableDeclarationList(initializer)) return false;
    const chunk = initializer.getDeclarations()[0];
    return loop
      .getStatement()
      .getDescendantsOfKind(SyntaxKind.PropertyAccessExpression)
      .some((access) => {
        const of = access.getExpression();
        return (
          access.getName() === 'options' &&
          Node.isIdentifier(of) &&
          of.getSymbol()?.getDeclarations()[0] === chunk
        );
      });
  });
}

/** The stream in pieces of text and of what the model thinks. */
export function thoughtChunks(stream: string, node: Node, file: Rewriting): string {
  file.note(node, 'Each piece is { delta, options }, with nothing else of what a chunk was.', 'chat');
  const type = file.typed ? file.useType('ChatStream', '@mortise/core') : '';
  const name = helper(
    'thoughtChunks',
    file,
    (parts) => `
/** A reply as it is written: its text, and in options what the model thinks. */
async function* ${parts.name}(stream${parts.typed(`: ${type}`)})${parts.typed(
      ': AsyncGenerator<{ delta: string; options?: { thinking?: string; thinking_signature?: string } }>',
    )} {
  for await (const event of stream) {
    if (event.type === 'text-delta') yield { delta: event.delta };
    else if (event.type === 'reasoning-delta') yield { delta: '', options: { thinking: event.delta } };
    else if (event.type === 'block' && event.block.type === 'reasoning' && event.block.signature)
      yield { delta: '', options: { thinking_signature: event.block.signature } };
  }
}`,
  );
  return `${name}(${stream})`;
}

/** Whether a member of what stands here is one of those that tell what the model thought. */
function isThought(node: Node): boolean {
  const parent = node.getParent();
  return (
    Node.isPropertyAccessExpression(parent) &&
    parent.getExpression() === node &&
    MEMBERS.includes(parent.getName())
  );
}

/** The answer in `answer.message.options`. */
function answerOf(node: Node, file: Rewriting): Node | undefined {
  const message = Node.isPropertyAccessExpression(node) ? node.getExpression() : undefined;
  const answer = Node.isPropertyAccessExpression(message) ? message.getExpression() : undefined;
  return answer !== undefined && file.kindOf(answer) === 'chat response' ? answer : undefined;
}

function optionsText(node: Node, file: Rewriting): string {
  const answer = answerOf(node, file);
  const other = ANSWERS['message of an answer']?.properties?.['options']?.as;
  if (answer === undefined || !isThought(node))
    return typeof other === 'function' ? other(node, file) : file.cannot(node, OPTIONS);
  const type = file.typed ? file.useType('ChatResponse', '@mortise/core') : '';
  const name = helper(
    'thoughtsOf',
    file,
    (parts) => `
/** What the model thought before its reply, and the signature that goes back with it. */
function ${parts.name}({ message }${parts.typed(`: ${type}`)}) {
  const block = message.content.find(({ type }) => type === 'reasoning');
  return block?.type === 'reasoning' ? { thinking: block.text, thinking_signature: block.signature } : undefined;
}`,
  );
  return `${name}(${file.render(answer)})`;
}

/** `message.options` of a whole answer. */
export const messageOptions: PropertyRule = {
  kind: (node, file) => (answerOf(node, file) !== undefined && isThought(node) ? 'thoughts' : undefined),
  as: optionsText,
};

const thoughts: KindRules = {
  properties: Object.fromEntries(MEMBERS.map((name) => [name, { kind: 'text', as: name }])),
};

export const THOUGHT_KINDS: Readonly<Record<string, KindRules>> = {
  thoughts,
  'thought stream': { iterates: { kind: 'thought chunk', through: '' } },
  'thought chunk': {
    properties: {
      delta: { kind: 'text', as: 'delta' },
      options: {
        kind: 'thoughts',
        as: (node, file) => {
          if (!Node.isPropertyAccessExpression(node) || !isThought(node)) return file.cannot(node, OPTIONS);
          return `${file.render(node.getExpression())}.options`;
        },
      },
    },
  },
};
