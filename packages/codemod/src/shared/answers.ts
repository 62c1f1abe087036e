import { Node } from 'ts-morph';
import type { KindRules, PropertyRule } from '../engine/contract.ts';

/** Why the options of a message stay as they are. */
export const OPTIONS =
  'What stands in options of a message is elsewhere: toolCalls, reasoning blocks of message.content.';

/** `answer.message.content` is the answer's text; `answer.message` alone stays a message where there is one. */
export function messageProperty(alone: string): PropertyRule {
  return {
    kind: 'message of an answer',
    bound: { as: 'text', kind: 'text of an answer' },
    as: (node, file) => {
      if (!Node.isPropertyAccessExpression(node)) return file.cannot(node, 'It is used in an unknown way.');
      const receiver = file.render(node.getExpression());
      const parent = node.getParent();
      const content =
        Node.isPropertyAccessExpression(parent) && ['content', 'options'].includes(parent.getName());
      return content || alone === '' ? receiver : `${receiver}.${alone}`;
    },
  };
}

/** Kinds of what models and engines give, the same in both libraries once it is ours. */
export const ANSWERS: Readonly<Record<string, KindRules>> = {
  'message of an answer': {
    properties: {
      content: { kind: 'text', as: 'text' },
      options: {
        as: (node, file) => {
          if (!Node.isPropertyAccessExpression(node) || Node.isPropertyAccessExpression(node.getParent()))
            return file.cannot(node, OPTIONS);
          file.note(
            node,
            'The options of a message were the tool calls: toolCalls has them as { id, name, arguments }.',
          );
          return `${file.render(node.getExpression())}.toolCalls`;
        },
      },
    },
  },
  /** What `message` was when it was taken out of an answer. */
  'text of an answer': {
    plain: true,
    properties: {
      content: { as: '' },
      options: { as: (node, file) => file.cannot(node, OPTIONS) },
    },
  },
  text: { plain: true },
  /** A piece of a stream: the text itself. */
  chunk: {
    properties: {
      delta: { kind: 'text', as: '' },
      response: { kind: 'text', as: '' },
      text: { kind: 'text', as: '' },
    },
    plain: true,
  },
  'chunk stream': { iterates: { kind: 'chunk', through: '.textStream' } },
};
