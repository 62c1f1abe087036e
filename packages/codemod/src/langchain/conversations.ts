import { Node } from 'ts-morph';
import type { KindRules, NameRules } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall } from '../engine/syntax.ts';

/** A chain that remembers is a chat engine without tools. */
export const CONVERSATIONS: Readonly<Record<string, NameRules>> = {
  ConversationChain: {
    construct: {
      kind: 'conversation',
      rule: (node, file) => {
        const members = membersOf(argumentOf(node));
        const llm = members?.get('llm');
        const memory = members?.get('memory');
        const other = [...(members?.keys() ?? [])].find(
          (name) => !['llm', 'memory', 'verbose'].includes(name),
        );
        const isPlain = memory === undefined || file.kindOf(memory) === 'buffer memory';
        if (llm === undefined || other !== undefined || !isPlain)
          return file.cannot(
            node,
            `The option ${other ?? 'memory'} has no counterpart: see docs/guides/conversations.md.`,
          );
        file.note(
          node,
          'The history is messages, not a text in a prompt; the introduction that LangChain puts before it is not sent: systemPrompt.',
        );
        return `${file.use('createToolsChatEngine', '@mortise/rag')}({ llm: ${file.render(llm)}, tools: [] })`.replace(
          'llm: llm',
          'llm',
        );
      },
    },
  },
  BufferMemory: {
    construct: {
      kind: (node) => (argumentOf(node) === undefined ? 'buffer memory' : undefined),
      rule: (node, file) =>
        file.cannot(node, 'A memory is the history of a chat engine here: see docs/guides/conversations.md.'),
    },
  },
  awaitAllCallbacks: {
    call: {
      rule: (node, file) => {
        file.note(node, 'Nothing runs behind a call that has answered: there is nothing to wait for.');
        return 'Promise.resolve()';
      },
    },
  },
};

export const CONVERSATION_KINDS: Readonly<Record<string, KindRules>> = {
  'buffer memory': {},
  conversation: {
    methods: {
      invoke: {
        kind: 'conversation answer',
        rule: (node, file) => {
          const input = membersOf(argumentOf(node))?.get('input');
          const { receiver } = methodCall(node) ?? {};
          if (
            input === undefined ||
            receiver === undefined ||
            !Node.isIdentifier(receiver) ||
            node.getArguments().length > 1
          )
            return file.cannot(node, 'Its input is not written where it is called.');
          return `${receiver.getText()}.chat(${file.render(input)})`;
        },
      },
    },
  },
  'conversation answer': { properties: { response: { kind: 'text', as: 'text' } } },
};
