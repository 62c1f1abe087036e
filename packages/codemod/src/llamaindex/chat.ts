import { Node, type CallExpression } from 'ts-morph';
import type { Kind, KindRules, Rewriting } from '../engine/contract.ts';
import {
  argumentOf,
  argumentsText,
  isFalse,
  isTrue,
  membersOf,
  methodCall,
  objectText,
} from '../engine/syntax.ts';
import { ANSWERS, messageProperty } from '../shared/answers.ts';
import { messageOptions, readsThoughts, THOUGHT_KINDS, thoughtChunks } from './thinking.ts';

/** Messages of LlamaIndexTS as ours: pictures and files are blocks of another shape. */
export function messagesText(node: Node, file: Rewriting): string {
  if (!Node.isArrayLiteralExpression(node)) return file.render(node);
  return withElements(node, (element) => messageText(element, file));
}

function withElements(node: Node, text: (element: Node) => string): string {
  if (!Node.isArrayLiteralExpression(node)) return node.getText();
  const whole = node.getSourceFile().getFullText();
  let written = '';
  let at = node.getStart();
  for (const element of node.getElements()) {
    written += whole.slice(at, element.getStart()) + text(element);
    at = element.getEnd();
  }
  return written + whole.slice(at, node.getEnd());
}

function messageText(node: Node, file: Rewriting): string {
  const members = membersOf(node);
  if (members === undefined) return file.render(node);
  if (isCachePoint(members.get('options')) && members.size === 3) {
    const [role, text] = [members.get('role'), members.get('content')];
    if (role !== undefined && text !== undefined) {
      const block = `{ type: 'text', text: ${file.render(text)} }`;
      return `{ role: ${file.render(role)}, content: [${block}, { type: 'cache-point' }] }`;
    }
  }
  if (members.has('options'))
    return file.cannot(
      node,
      'options of a message have no counterpart; cache points and reasoning are blocks.',
      'ChatMessage',
    );
  const content = members.get('content');
  if (content === undefined || !Node.isArrayLiteralExpression(content)) return file.render(node);
  const whole = node.getSourceFile().getFullText();
  const blocks = withElements(content, (block) => blockText(block, file));
  return (
    whole.slice(node.getStart(), content.getStart()) + blocks + whole.slice(content.getEnd(), node.getEnd())
  );
}

/** `{ cache_control: { type: 'ephemeral' } }`. */
function isCachePoint(options: Node | undefined): boolean {
  const members = membersOf(options);
  return members?.size === 1 && membersOf(members.get('cache_control'))?.size === 1;
}

/** Strings stand as they are written; what is between must be free of the old library. */
function blockText(node: Node, file: Rewriting): string {
  const members = membersOf(node);
  const type = members?.get('type')?.getText().replaceAll(/['"]/g, '');
  if (members === undefined || type === undefined) return file.render(node);
  const value = (name: string): string | undefined => {
    const of = members.get(name);
    return of === undefined ? undefined : file.render(of);
  };
  if (type === 'image_url') {
    const inner = members.get('image_url');
    const of = membersOf(inner);
    const url = of === undefined ? value('image_url') : of.get('url') && file.render(of.get('url') as Node);
    const detail = of?.get('detail');
    return objectText([
      ['type', "'image'"],
      ['source', objectText([['url', url]])],
      ['detail', detail === undefined ? undefined : file.render(detail)],
    ]);
  }
  if ((type === 'file' || type === 'image') && members.has('data')) {
    return objectText([
      ['type', type === 'file' ? "'document'" : "'image'"],
      [
        'source',
        objectText([
          ['data', value('data')],
          ['mediaType', value('mimeType')],
        ]),
      ],
    ]);
  }
  if (type === 'text') return file.render(node);
  return file.cannot(node, `A block of the type ${type} has no counterpart.`, 'ChatMessage');
}

/** `stream: true` in the only argument of a call. */
export function isStreamed(node: CallExpression): boolean {
  return isTrue(membersOf(argumentOf(node))?.get('stream'));
}

function chatText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const messages = members?.get('messages');
  if (receiver === undefined || members === undefined || messages === undefined)
    return file.cannot(node, 'The argument of chat() is not written where it is called.');
  const known = new Set(['messages', 'stream', 'tools', 'responseFormat', 'additionalChatOptions']);
  const other = [...members.keys()].find((name) => !known.has(name));
  if (other !== undefined) return file.cannot(node, `The option ${other} of chat() has no counterpart.`);
  const stream = members.get('stream');
  if (stream !== undefined && !isTrue(stream) && !isFalse(stream))
    return file.cannot(node, 'Whether chat() streams is decided while the program runs.');
  const extra = members.get('additionalChatOptions');
  if (extra !== undefined && membersOf(extra)?.size !== 0)
    return file.cannot(
      node,
      'additionalChatOptions are options of the provider: give them as providerOptions.',
    );
  const format = members.get('responseFormat');
  const asked = messagesText(messages, file);
  if (format !== undefined && membersOf(format) === undefined) {
    if (isTrue(stream) || members.has('tools'))
      return file.cannot(
        node,
        'A schema beside tools or a stream: structuredStream() and runTools() take one.',
      );
    return `${file.use('structured', '@mortise/toolkit')}(${argumentsText(file.render(receiver), file.render(format), asked)})`;
  }
  const tools = members.get('tools');
  const options = objectText([
    ['tools', tools === undefined ? undefined : file.render(tools)],
    ['responseFormat', format === undefined ? undefined : "{ type: 'json' }"],
  ]);
  const call = `${file.render(receiver)}.${isTrue(stream) ? 'streamChat' : 'chat'}(${argumentsText(asked, options)})`;
  return isTrue(stream) && readsThoughts(node) ? thoughtChunks(call, node, file) : call;
}

function completeText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const prompt = members?.get('prompt');
  if (receiver === undefined || prompt === undefined)
    return file.cannot(node, 'The argument of complete() is not written where it is called.');
  const method = isStreamed(node) ? 'streamComplete' : 'complete';
  return `${file.render(receiver)}.${method}(${file.render(prompt)})`;
}

function chatKind(node: CallExpression): Kind {
  if (isStreamed(node)) return readsThoughts(node) ? 'thought stream' : 'chunk stream';
  const format = membersOf(argumentOf(node))?.get('responseFormat');
  return format !== undefined && membersOf(format) === undefined ? 'structured answer' : 'chat response';
}

const embedMany = (node: CallExpression, file: Rewriting): string => {
  const { receiver } = methodCall(node) ?? {};
  const [texts] = node.getArguments();
  if (receiver === undefined || texts === undefined)
    return file.cannot(node, 'It is called in an unknown way.');
  const call = `${file.render(receiver)}.embedTexts(${file.render(texts)})`;
  file.note(node, 'Vectors are Float32Array, not number[].');
  const parent = node.getParent();
  // `await` binds the call alone, and the vectors are a member of what it gives.
  return Node.isAwaitExpression(parent)
    ? `(await ${call}).embeddings`
    : `${call}.then(({ embeddings }) => embeddings)`;
};

const embedOne =
  (method: string) =>
  (node: CallExpression, file: Rewriting): string => {
    const { receiver } = methodCall(node) ?? {};
    const [text] = node.getArguments();
    if (receiver === undefined || text === undefined)
      return file.cannot(node, 'It is called in an unknown way.');
    file.note(node, 'Vectors are Float32Array, not number[].');
    return `${file.render(receiver)}.${method}(${file.render(text)})`;
  };

export const CHAT_KINDS: Readonly<Record<string, KindRules>> = {
  llm: {
    type: { name: 'LLM', from: '@mortise/core' },
    methods: {
      chat: { kind: chatKind, rule: chatText },
      complete: { kind: (node) => (isStreamed(node) ? 'text chunks' : 'completion'), rule: completeText },
    },
  },
  completion: { properties: { text: { kind: 'text', as: 'text' } } },
  'text chunks': { iterates: { kind: 'chunk', through: '' } },
  ...THOUGHT_KINDS,
  'message of an answer': {
    properties: { ...ANSWERS['message of an answer']?.properties, options: messageOptions },
  },
  'chat response': {
    properties: { message: messageProperty('message') },
  },
  'structured answer': {
    properties: { message: { kind: 'structured message', as: '' } },
  },
  'structured message': {
    properties: {
      content: {
        kind: 'text',
        as: (node, file) =>
          Node.isPropertyAccessExpression(node)
            ? `JSON.stringify(${file.render(node.getExpression())}.value)`
            : node.getText(),
      },
    },
  },
  embedding: {
    type: { name: 'EmbeddingModel', from: '@mortise/core' },
    methods: {
      getTextEmbedding: { rule: embedOne('embedText') },
      getTextEmbeddings: { rule: embedMany },
      getTextEmbeddingsBatch: { rule: embedMany },
      getQueryEmbedding: {
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const text = membersOf(argumentOf(node))?.get('text') ?? argumentOf(node);
          if (receiver === undefined || text === undefined)
            return file.cannot(node, 'It is called in an unknown way.');
          file.note(node, 'Vectors are Float32Array, not number[].');
          return `${file.render(receiver)}.embedQuery(${file.render(text)})`;
        },
      },
    },
  },
};
