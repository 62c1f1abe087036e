import { Node, type CallExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, argumentsText, membersOf, methodCall } from '../engine/syntax.ts';
import { messagesText } from './chat.ts';
import { helper } from './helpers.ts';

interface MemoryParts {
  readonly messages: Node | undefined;
  readonly options: ReadonlyMap<string, Node> | undefined;
}

/** `createMemory(messages)`, `createMemory(options)` and both. */
function partsOf(node: CallExpression): MemoryParts {
  const [first, second] = node.getArguments();
  const isList = first !== undefined && Node.isArrayLiteralExpression(first);
  const options = isList ? second : first;
  return {
    messages: isList ? first : undefined,
    options: options === undefined ? undefined : membersOf(options),
  };
}

/** A list of messages, and nothing else. */
const isPlain = (node: CallExpression): boolean =>
  node.getArguments().length === 1 && partsOf(node).messages !== undefined;

/** What stands before every conversation: blocks with a text of their own. Undefined for others. */
function alwaysText(blocks: Node | undefined, file: Rewriting): string | undefined {
  if (blocks === undefined) return '[]';
  if (!Node.isArrayLiteralExpression(blocks)) return undefined;
  const texts: string[] = [];
  for (const each of blocks.getElements()) {
    if (!Node.isCallExpression(each) || file.oldName(each.getExpression()) !== 'staticBlock')
      return undefined;
    const members = membersOf(argumentOf(each));
    const content = members?.get('content');
    if (content === undefined || members?.size !== 1) return undefined;
    texts.push(`{ role: 'user', content: ${file.render(content)} }`);
  }
  return `[${texts.join(', ')}]`;
}

function memoryText(node: CallExpression, file: Rewriting): string {
  const { messages, options } = partsOf(node);
  if (isPlain(node) && messages !== undefined) {
    const parent = node.getParent();
    const isTyped = file.typed && Node.isVariableDeclaration(parent) && parent.getTypeNode() === undefined;
    return `${file.render(messages)}${isTyped ? ` satisfies ${file.useType('ChatMessage', '@mortise/core')}[]` : ''}`;
  }
  const other = [...(options?.keys() ?? [])].find((name) => !['tokenLimit', 'memoryBlocks'].includes(name));
  const always = alwaysText(options?.get('memoryBlocks'), file);
  if (options === undefined || other !== undefined || always === undefined)
    return file.cannot(
      node,
      'Memory blocks other than static ones have no counterpart here: see docs/guides/conversations.md.',
    );
  file.note(
    node,
    'Tokens are counted by an estimate. What is left begins with a message of the user, and the last one must fit: else context-length is thrown. What always stays is not counted.',
  );
  const limit = options.get('tokenLimit');
  const given = argumentsText(
    limit === undefined ? '30_000' : file.render(limit),
    always,
    messages === undefined || messages.getText() === '[]' ? '' : messagesText(messages, file),
  );
  return `${memoryHelper(file)}(${given})`;
}

function memoryHelper(file: Rewriting): string {
  const fit = file.use('fitMessages', '@mortise/toolkit');
  const tokenizer = file.use('estimateTokenizer', '@mortise/core/tokenizer');
  const message = file.typed ? file.useType('ChatMessage', '@mortise/core') : '';
  const llm = file.typed ? file.useType('LLM', '@mortise/core') : '';
  return helper(
    'conversationMemory',
    file,
    ({ name, typed }) => `
/** A conversation, of which a model is given what always stays and the newest messages that fit. */
function ${name}(tokenLimit${typed(': number')}, always${typed(`: readonly ${message}[]`)}, messages${typed(`: ${message}[]`)} = []) {
  return {
    add: async (...added${typed(`: readonly ${message}[]`)})${typed(': Promise<void>')} => void messages.push(...added),
    getLLM: async (llm${typed(`?: ${llm}`)})${typed(`: Promise<${message}[]>`)} => {
      const maxTokens = llm?.metadata.contextWindow ?? tokenLimit;
      return [...always, ...${fit}(messages, { maxTokens, tokenizer: ${tokenizer} })];
    },
  };
}`,
  );
}

export const MEMORY: Readonly<Record<string, NameRules>> = {
  createMemory: {
    call: { kind: (node) => (isPlain(node) ? 'memory' : 'conversation memory'), rule: memoryText },
  },
};

export const MEMORY_KINDS: Readonly<Record<string, KindRules>> = {
  memory: {},
  messages: { plain: true },
  'conversation memory': {
    methods: {
      add: {
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const [message, ...others] = node.getArguments();
          // The type of a role is lost where a message is kept elsewhere first.
          if (receiver === undefined || message === undefined || others.length > 0 || !membersOf(message))
            return file.cannot(node, 'The message is not written where it is added.');
          return `${file.render(receiver)}.add(${messagesText(message, file)})`;
        },
      },
      getLLM: {
        kind: 'messages',
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          if (receiver === undefined || node.getArguments().length > 1)
            return file.cannot(node, 'It is called in an unknown way.');
          const llm = argumentOf(node);
          return `${file.render(receiver)}.getLLM(${llm === undefined ? '' : file.render(llm)})`;
        },
      },
    },
  },
};
