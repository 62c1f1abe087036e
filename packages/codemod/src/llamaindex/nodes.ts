import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall, objectText } from '../engine/syntax.ts';

/** `new Document({ text, id_, metadata })` as `createDocument({ text, id, metadata })`. */
const made =
  (factory: string) =>
  (node: NewExpression, file: Rewriting): string => {
    const members = membersOf(argumentOf(node));
    if (members === undefined)
      return file.cannot(node, 'What it is made of is not written where it is made.');
    const written: (readonly [string, string])[] = [];
    for (const [name, value] of members) {
      const to = { text: 'text', id_: 'id', metadata: 'metadata', embedding: 'embedding' }[name];
      if (to === undefined) return file.cannot(node, `The member ${name} has no counterpart here.`);
      written.push([to, to === 'embedding' ? vectorText(value, file) : file.render(value)]);
    }
    // Long texts keep the lines that they were written on.
    const argument = argumentOf(node) as Node;
    if (!argument.getText().includes('\n'))
      return `${file.use(factory, '@mortise/core')}(${objectText(written)})`;
    return `${file.use(factory, '@mortise/core')}(${renamed(argument, file)})`;
  };

/** A list of numbers as a vector of ours. */
export const vectorText = (value: Node, file: Rewriting): string =>
  `Float32Array.from(${file.render(value)})`;

function renamed(literal: Node, file: Rewriting): string {
  const text = literal.getSourceFile().getFullText();
  let written = '';
  let at = literal.getStart();
  for (const property of Node.isObjectLiteralExpression(literal) ? literal.getProperties() : []) {
    written += text.slice(at, property.getStart());
    if (Node.isPropertyAssignment(property) && property.getName() === 'id_')
      written += `id: ${file.render(property.getInitializerOrThrow())}`;
    else if (Node.isShorthandPropertyAssignment(property) && property.getName() === 'id_')
      written += 'id: id_';
    else if (Node.isPropertyAssignment(property) && property.getName() === 'embedding')
      written += `embedding: ${vectorText(property.getInitializerOrThrow(), file)}`;
    else if (Node.isShorthandPropertyAssignment(property) && property.getName() === 'embedding')
      written += `embedding: ${vectorText(property.getNameNode(), file)}`;
    else written += file.render(property);
    at = property.getEnd();
  }
  return written + text.slice(at, literal.getEnd());
}

const MODES: Readonly<Record<string, string>> = { NONE: 'none', ALL: 'all', EMBED: 'embed', LLM: 'llm' };

function contentText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  if (receiver === undefined) return file.cannot(node, 'It is called in an unknown way.');
  const mode =
    node
      .getArguments()[0]
      ?.getText()
      .replace(/^MetadataMode\./, '') ?? 'NONE';
  if (mode === 'NONE') return `${file.render(receiver)}.text`;
  const to = MODES[mode];
  if (to === undefined) return file.cannot(node, 'The mode of the text is decided while the program runs.');
  return `${file.use('nodeText', '@mortise/core')}(${file.render(receiver)}, '${to}')`;
}

const node: KindRules = {
  type: { name: 'Node', from: '@mortise/core' },
  methods: {
    getContent: { kind: 'text', rule: contentText },
    getText: { kind: 'text', rule: contentText },
  },
  properties: {
    text: { kind: 'text', as: 'text' },
    id_: { kind: 'text', as: 'id' },
    metadata: { kind: 'metadata', as: 'metadata' },
    embedding: { as: 'embedding' },
  },
};

export const NODE_KINDS: Readonly<Record<string, KindRules>> = {
  document: { ...node, type: { name: 'Document', from: '@mortise/core' } },
  node,
  metadata: { plain: true },
  'scored node': {
    properties: {
      node: { kind: 'node', as: 'node' },
      score: { kind: 'text', as: 'score' },
    },
  },
  splitter: {
    methods: {
      getNodesFromDocuments: {
        kind: 'node[]',
        rule: (call, file) => {
          const { receiver } = methodCall(call) ?? {};
          const [documents] = call.getArguments();
          if (receiver === undefined || documents === undefined)
            return file.cannot(call, 'It is called in an unknown way.');
          return `${file.render(documents)}.flatMap((document) => ${file.render(receiver)}.split(document))`;
        },
      },
      splitText: {
        rule: (call, file) => {
          const { receiver } = methodCall(call) ?? {};
          const [text] = call.getArguments();
          if (receiver === undefined || text === undefined)
            return file.cannot(call, 'It is called in an unknown way.');
          const of = `${file.use('createDocument', '@mortise/core')}({ text: ${file.render(text)} })`;
          return `${file.render(receiver)}.split(${of}).map(({ text }) => text)`;
        },
      },
    },
  },
};

const splitter = (
  name: string,
  options: Readonly<Record<string, string>>,
  defaults: readonly (readonly [string, string])[],
  note?: string,
): NameRules => ({
  construct: {
    kind: 'splitter',
    rule: (made_, file) => {
      const members =
        argumentOf(made_) === undefined ? new Map<string, Node>() : membersOf(argumentOf(made_));
      if (members === undefined) return file.cannot(made_, 'Its options are not written where it is made.');
      const written = new Map(defaults);
      for (const [option, value] of members) {
        const to = options[option];
        if (to === undefined) return file.cannot(made_, `The option ${option} has no counterpart.`);
        written.set(to, file.render(value));
      }
      const room = Number(written.get('maxTokens'));
      if (!members.has('chunkOverlap') && room <= Number(written.get('overlap'))) {
        written.set('overlap', String(Math.floor(room / 5)));
        file.note(
          made_,
          'The overlap that was the default, 200 tokens, is larger than a piece: it is a fifth now.',
        );
      }
      if (note !== undefined) file.note(made_, note);
      return `new ${file.use(name, '@mortise/rag')}(${objectText([...written])})`;
    },
  },
  type: { name, from: '@mortise/rag', kind: 'splitter' },
});

const SIZES = { chunkSize: 'maxTokens', chunkOverlap: 'overlap' };
const DEFAULT_SIZES = [
  ['maxTokens', '1024'],
  ['overlap', '200'],
] as const;

export const NODES: Readonly<Record<string, NameRules>> = {
  Document: {
    construct: { kind: 'document', rule: made('createDocument') },
    type: { name: 'Document', from: '@mortise/core', kind: 'document' },
  },
  TextNode: {
    construct: { kind: 'node', rule: made('createTextNode') },
    type: { name: 'TextNode', from: '@mortise/core', kind: 'node' },
  },
  BaseNode: { type: { name: 'Node', from: '@mortise/core', kind: 'node' } },
  NodeWithScore: { type: { name: 'NodeWithScore', from: '@mortise/core', kind: 'scored node' } },
  Metadata: { type: { name: 'JsonObject', from: '@mortise/core' } },
  MetadataMode: { values: { NONE: "'none'", ALL: "'all'", EMBED: "'embed'", LLM: "'llm'" } },
  ChatMessage: { type: { name: 'ChatMessage', from: '@mortise/core' } },
  ToolCall: { type: { name: 'ToolCallBlock', from: '@mortise/core', kind: 'tool call' } },
  SentenceSplitter: splitter(
    'SentenceSplitter',
    SIZES,
    DEFAULT_SIZES,
    'Tokens are counted by an estimate unless a tokenizer is given: gptTokenizer of @mortise/gpt-tokenizer counts as OpenAI does.',
  ),
  TokenTextSplitter: splitter('TokenSplitter', SIZES, DEFAULT_SIZES),
  MarkdownNodeParser: splitter(
    'MarkdownSplitter',
    {},
    [],
    'MarkdownSplitter also bounds the size of a section: 512 tokens unless told.',
  ),
};
