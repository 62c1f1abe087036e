import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { Kind, KindRules, NameRules, Rewriting, Rule } from '../engine/contract.ts';
import {
  argumentOf,
  argumentsText,
  constantOf,
  isTrue,
  membersOf,
  methodCall,
  objectText,
} from '../engine/syntax.ts';
import { messageProperty } from '../shared/answers.ts';
import { isStreamed } from './chat.ts';
import { filterText } from './filters.ts';
import { filteredText, retrieverText } from './indexes.ts';
import { fromSettings } from './settings.ts';

const PROMPTS = 'The prompts are others, and answers cite their sources: [1]. See docs/guides/answers.md.';

interface EngineParts {
  readonly retriever: string;
  readonly synthesizer: Node | undefined;
  readonly postprocessors: Node | undefined;
}

function engineText(parts: EngineParts, node: Node, file: Rewriting): string {
  const { retriever, synthesizer, postprocessors } = parts;
  const after = postprocessors === undefined ? undefined : file.render(postprocessors);
  file.note(node, PROMPTS);
  if (synthesizer !== undefined) {
    const options = objectText([
      ['retriever', retriever],
      ['synthesizer', file.render(synthesizer)],
      ['postprocessors', after],
    ]);
    return `new ${file.use('RetrieverQueryEngine', '@mortise/rag')}(${options})`;
  }
  const llm = fromSettings('llm', node, file);
  if (llm === undefined) return node.getText();
  return `${file.use('createQueryEngine', '@mortise/rag')}(${argumentsText(
    objectText([
      ['llm', llm],
      ['retriever', retriever],
    ]),
    objectText([['postprocessors', after]]),
  )})`;
}

/** `index.asQueryEngine(options)`. */
function asQueryEngine(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
  if (receiver === undefined || members === undefined)
    return file.cannot(node, 'Its options are not written where it is made.');
  const known = ['retriever', 'similarityTopK', 'preFilters', 'responseSynthesizer', 'nodePostprocessors'];
  const other = [...members.keys()].find((name) => !known.includes(name));
  if (other !== undefined)
    return file.cannot(node, `The option ${other} of a query engine has no counterpart.`);
  const given = members.get('retriever');
  const made = given === undefined ? ownRetriever(receiver, members, node, file) : file.render(given);
  if (made === undefined) return node.getText();
  const filters = members.get('preFilters');
  const filter = filters === undefined ? undefined : filterText(filters, file);
  if (filters !== undefined && filter === undefined)
    return file.cannot(node, 'The filters are not written out. Filters are an option of query().');
  return engineText(
    {
      retriever: filter === undefined ? made : filteredText(made, filter, file),
      synthesizer: members.get('responseSynthesizer'),
      postprocessors: members.get('nodePostprocessors'),
    },
    node,
    file,
  );
}

function ownRetriever(
  receiver: Node,
  members: ReadonlyMap<string, Node>,
  node: Node,
  file: Rewriting,
): string | undefined {
  const topK = members.get('similarityTopK');
  const made = retrieverText(receiver, undefined, node, file);
  return topK === undefined ? made : made?.replace('topK: 2', `topK: ${file.render(topK)}`);
}

/** `query({ query, stream })`. */
function queryText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const query = members?.get('query');
  const other = [...(members?.keys() ?? [])].find((name) => !['query', 'stream'].includes(name));
  if (receiver === undefined || query === undefined || other !== undefined)
    return file.cannot(
      node,
      `The options of query() ${other === undefined ? 'are not written where it is called' : `have no ${other}`}.`,
    );
  return `${file.render(receiver)}.${isStreamed(node) ? 'streamQuery' : 'query'}(${file.render(query)})`;
}

/** `chat({ message, stream })` of a chat engine. */
function sayText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const message = members?.get('message');
  const other = [...(members?.keys() ?? [])].find((name) => !['message', 'stream'].includes(name));
  if (receiver === undefined || message === undefined || other !== undefined)
    return file.cannot(
      node,
      other === 'chatHistory'
        ? 'A chat engine keeps its own history: give it as messages where the engine is made.'
        : 'The options of chat() have no counterpart.',
    );
  if (Node.isArrayLiteralExpression(message))
    return file.cannot(node, 'A chat engine of ours takes a text. Ask the model itself about pictures.');
  return `${file.render(receiver)}.${isTrue(members?.get('stream')) ? 'streamChat' : 'chat'}(${file.render(message)})`;
}

const streamedOr =
  (whole: Kind) =>
  (node: CallExpression): Kind =>
    isStreamed(node) ? 'chunk stream' : whole;

function contextEngine(
  retriever: string,
  llm: Node | undefined,
  system: Node | undefined,
  node: Node,
  file: Rewriting,
): string {
  const model = llm === undefined ? fromSettings('llm', node, file) : file.render(llm);
  if (model === undefined) return node.getText();
  file.note(node, PROMPTS);
  return `${file.use('createContextChatEngine', '@mortise/rag')}(${argumentsText(
    objectText([
      ['llm', model],
      ['retriever', retriever],
    ]),
    objectText([['systemPrompt', system === undefined ? undefined : file.render(system)]]),
  )})`;
}

const SYNTHESIZERS: Readonly<Record<string, string>> = {
  compact: 'CompactSynthesizer',
  refine: 'RefineSynthesizer',
  tree_summarize: 'TreeSynthesizer',
};

function madeWithOptions(
  known: readonly string[],
  rule: (members: ReadonlyMap<string, Node>, node: NewExpression, file: Rewriting) => string,
): Rule<NewExpression> {
  return (node, file) => {
    const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
    if (members === undefined) return file.cannot(node, 'Its options are not written where it is made.');
    const other = [...members.keys()].find((name) => !known.includes(name));
    if (other !== undefined) return file.cannot(node, `The option ${other} has no counterpart.`);
    return rule(members, node, file);
  };
}

export const ENGINE_KINDS: Readonly<Record<string, KindRules>> = {
  'query engine': {
    type: { name: 'QueryEngine', from: '@mortise/core' },
    methods: { query: { kind: streamedOr('query response'), rule: queryText } },
  },
  'query response': {
    methods: {
      toString: {
        kind: 'text',
        rule: (node: CallExpression, file: Rewriting) =>
          `${file.render(methodCall(node)?.receiver ?? node)}.text`,
      },
    },
    properties: {
      response: { kind: 'text', as: 'text' },
      message: messageProperty('text'),
      sourceNodes: { kind: 'scored node[]', as: 'sources' },
    },
  },
  'chat engine': {
    type: { name: 'ChatEngine', from: '@mortise/rag' },
    methods: {
      chat: { kind: streamedOr('query response'), rule: sayText },
      reset: { rule: (node, file) => `${file.render(methodCall(node)?.receiver ?? node)}.reset()` },
    },
  },
  synthesizer: {
    type: { name: 'ResponseSynthesizer', from: '@mortise/core' },
    methods: {
      synthesize: {
        kind: (node) => (isTrue(node.getArguments()[1]) ? 'chunk stream' : 'query response'),
        rule: (node, file) => {
          const { receiver } = methodCall(node) ?? {};
          const members = membersOf(argumentOf(node));
          const [query, nodes] = [members?.get('query'), members?.get('nodes')];
          if (receiver === undefined || query === undefined || nodes === undefined || members?.size !== 2)
            return file.cannot(node, 'Its options are not written where it is called.');
          const method = isTrue(node.getArguments()[1]) ? 'streamSynthesize' : 'synthesize';
          return `${file.render(receiver)}.${method}(${file.render(query)}, ${file.render(nodes)})`;
        },
      },
    },
  },
  postprocessor: {},
};

/** `index.queryTool({ options, metadata })`. */
function queryTool(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
  if (receiver === undefined || members === undefined)
    return file.cannot(node, 'Its options are not written where it is made.');
  const other = [...members.keys()].find(
    (name) => !['options', 'metadata', 'includeSourceNodes'].includes(name),
  );
  const options = membersOf(members.get('options')) ?? new Map<string, Node>();
  if (other !== undefined || [...options.keys()].some((name) => name !== 'similarityTopK'))
    return file.cannot(node, 'The options of the tool have no counterpart.');
  const made = ownRetriever(receiver, options, node, file);
  const llm = fromSettings('llm', node, file);
  if (made === undefined || llm === undefined) return node.getText();
  const about = membersOf(members.get('metadata'));
  const text = (name: string, otherwise: string): string => {
    const value = about?.get(name);
    return value === undefined ? otherwise : file.render(value);
  };
  file.note(node, `${PROMPTS} The result is the answer with its sources, as JSON.`);
  const engine =
    `${file.use('createQueryEngine', '@mortise/rag')}({ llm: ${llm}, retriever: ${made} })`.replace(
      'llm: llm',
      'llm',
    );
  const description = text(
    'description',
    "'Useful for running a natural language query against a knowledge base and get back a natural language response.'",
  );
  return `${file.use('engineTool', '@mortise/rag')}(${engine}, { name: ${text('name', "'query_engine_tool'")}, description: ${description} })`;
}

/** `SubQuestionQueryEngine.fromDefaults({ queryEngineTools })` and the router's. */
function overEngines(name: string) {
  return (node: CallExpression, file: Rewriting): string => {
    const members = membersOf(argumentOf(node));
    const tools = members?.get('queryEngineTools');
    if (tools === undefined || members?.size !== 1)
      return file.cannot(node, 'Its options are not written where it is made.');
    const list = Node.isIdentifier(tools) ? constantOf(tools) : tools;
    if (list === undefined || !Node.isArrayLiteralExpression(list))
      return file.cannot(node, 'Its engines are not written as a list.');
    const engines: string[] = [];
    for (const [index, each] of list.getElements().entries()) {
      const parts = membersOf(Node.isNewExpression(each) ? argumentOf(each) : each);
      const about = membersOf(parts?.get('metadata'));
      const engine = parts?.get('queryEngine');
      const description = parts?.get('description') ?? about?.get('description');
      const called = about?.get('name');
      if (engine === undefined || description === undefined)
        return file.cannot(node, 'An engine needs a description.');
      engines.push(
        `{ name: ${called === undefined ? `'engine-${index + 1}'` : file.render(called)}, description: ${file.render(description)}, engine: ${file.render(engine)} }`,
      );
    }
    const llm = fromSettings('llm', node, file);
    if (llm === undefined) return node.getText();
    file.note(node, PROMPTS);
    return `new ${file.use(name, '@mortise/rag')}(${objectText([['llm', llm]])}, { engines: [${engines.join(', ')}] })`;
  };
}

/** Methods of an index that make engines. */
export const INDEX_ENGINES: NonNullable<KindRules['methods']> = {
  queryTool: { kind: 'tool', rule: queryTool },
  asQueryEngine: { kind: 'query engine', rule: asQueryEngine },
  asChatEngine: {
    kind: 'chat engine',
    rule: (node, file) => {
      const { receiver } = methodCall(node) ?? {};
      const members = argumentOf(node) === undefined ? new Map<string, Node>() : membersOf(argumentOf(node));
      if (receiver === undefined || members === undefined)
        return file.cannot(node, 'Its options are not written where it is made.');
      const other = [...members.keys()].find(
        (name) => !['similarityTopK', 'chatModel', 'systemPrompt'].includes(name),
      );
      if (other !== undefined)
        return file.cannot(node, `The option ${other} of a chat engine has no counterpart.`);
      const made = ownRetriever(receiver, members, node, file);
      if (made === undefined) return node.getText();
      return contextEngine(made, members.get('chatModel'), members.get('systemPrompt'), node, file);
    },
  },
};

export const ENGINES: Readonly<Record<string, NameRules>> = {
  SubQuestionQueryEngine: {
    statics: { fromDefaults: { kind: 'query engine', rule: overEngines('SubQuestionQueryEngine') } },
  },
  RouterQueryEngine: {
    statics: { fromDefaults: { kind: 'query engine', rule: overEngines('RouterQueryEngine') } },
  },
  RetrieverQueryEngine: {
    construct: {
      kind: 'query engine',
      rule: (node, file) => {
        const [retriever, synthesizer, postprocessors] = node.getArguments();
        if (retriever === undefined) return file.cannot(node, 'It is made in an unknown way.');
        const given = synthesizer?.getText() === 'undefined' ? undefined : synthesizer;
        return engineText(
          { retriever: file.render(retriever), synthesizer: given, postprocessors },
          node,
          file,
        );
      },
    },
    type: { name: 'RetrieverQueryEngine', from: '@mortise/rag', kind: 'query engine' },
  },
  ContextChatEngine: {
    construct: {
      kind: 'chat engine',
      rule: madeWithOptions(['retriever', 'chatModel', 'systemPrompt'], (members, node, file) => {
        const retriever = members.get('retriever');
        if (retriever === undefined || file.kindOf(retriever) === undefined)
          return file.cannot(node, 'What its retriever is cannot be told.');
        return contextEngine(
          file.render(retriever),
          members.get('chatModel'),
          members.get('systemPrompt'),
          node,
          file,
        );
      }),
    },
    type: { name: 'ChatEngine', from: '@mortise/rag', kind: 'chat engine' },
  },
  SimpleChatEngine: {
    construct: {
      kind: 'chat engine',
      rule: madeWithOptions(['llm', 'memory'], (members, node, file) => {
        const memory = members.get('memory');
        if (memory !== undefined && file.kindOf(memory) !== 'memory')
          return file.cannot(node, 'What it remembers cannot be told.');
        const given = members.get('llm');
        const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
        if (llm === undefined) return node.getText();
        const options = memory === undefined ? '' : objectText([['messages', file.render(memory)]]);
        return `${file.use('createToolsChatEngine', '@mortise/rag')}(${argumentsText(
          objectText([
            ['llm', llm],
            ['tools', '[]'],
          ]),
          options,
        )})`;
      }),
    },
    type: { name: 'ChatEngine', from: '@mortise/rag', kind: 'chat engine' },
  },
  getResponseSynthesizer: {
    call: {
      kind: 'synthesizer',
      rule: (node: CallExpression, file: Rewriting) => {
        const [mode, options] = node.getArguments();
        const name = SYNTHESIZERS[mode?.getText().replaceAll(/['"]/g, '') ?? ''];
        if (name === undefined)
          return file.cannot(node, `The mode ${mode?.getText() ?? ''} has no counterpart.`);
        const members = options === undefined ? new Map<string, Node>() : membersOf(options);
        if (members === undefined || [...members.keys()].some((each) => each !== 'llm'))
          return file.cannot(node, 'Prompts of a synthesizer have other variables: sources, tag, question.');
        const given = members.get('llm');
        const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
        if (llm === undefined) return node.getText();
        return `new ${file.use(name, '@mortise/rag')}(${objectText([['llm', llm]])})`;
      },
    },
  },
  SimilarityPostprocessor: {
    construct: {
      kind: 'postprocessor',
      rule: madeWithOptions(['similarityCutoff'], (members, node, file) => {
        const cutoff = members.get('similarityCutoff');
        if (cutoff === undefined) return file.cannot(node, 'Without a cut-off it does nothing.');
        return `new ${file.use('SimilarityCutoff', '@mortise/rag')}({ cutoff: ${file.render(cutoff)} })`;
      }),
    },
  },
  CohereRerank: {
    construct: {
      kind: 'postprocessor',
      rule: madeWithOptions(['apiKey', 'topN', 'model'], (members, node, file) => {
        const value = (name: string): string | undefined => {
          const of = members.get(name);
          return of === undefined ? undefined : file.render(of);
        };
        const model = value('model') ?? "'rerank-v3.5'";
        if (!members.has('model'))
          file.note(
            node,
            'No model was named: rerank-v3.5 stands for rerank-english-v2.0, which is no longer served.',
          );
        const reranker = `new ${file.use('CohereReranker', '@mortise/cohere')}(${objectText([
          ['model', model],
          ['apiKey', value('apiKey')],
        ])})`;
        const options = objectText([['topN', value('topN') ?? '2']]);
        return `new ${file.use('RerankPostprocessor', '@mortise/rag')}({ reranker: ${reranker} }, ${options})`;
      }),
    },
  },
  QueryEngineTool: {
    construct: {
      kind: 'tool',
      rule: madeWithOptions(['queryEngine', 'metadata'], (members, node, file) => {
        const engine = members.get('queryEngine');
        const about = membersOf(members.get('metadata'));
        const name = about?.get('name');
        const description = about?.get('description');
        if (
          engine === undefined ||
          file.kindOf(engine) !== 'query engine' ||
          name === undefined ||
          description === undefined
        )
          return file.cannot(node, 'A tool over an engine needs the engine, a name and a description.');
        return `${file.use('engineTool', '@mortise/rag')}(${file.render(engine)}, { name: ${file.render(name)}, description: ${file.render(description)} })`;
      }),
    },
    type: { name: 'Tool', from: '@mortise/toolkit', kind: 'tool' },
  },
  createMemory: {
    call: {
      kind: (node: CallExpression) => (plainMemory(node) ? 'memory' : undefined),
      rule: (node, file) => {
        const [messages] = node.getArguments();
        if (messages === undefined || !plainMemory(node))
          return file.cannot(
            node,
            'Memory blocks and limits have no counterpart here: see docs/guides/conversations.md.',
          );
        const parent = node.getParent();
        const isTyped =
          file.typed && Node.isVariableDeclaration(parent) && parent.getTypeNode() === undefined;
        return `${file.render(messages)}${isTyped ? ` satisfies ${file.useType('ChatMessage', '@mortise/core')}[]` : ''}`;
      },
    },
  },
};

/** A list of messages, and nothing else. */
function plainMemory(node: CallExpression): boolean {
  const [messages, ...others] = node.getArguments();
  return others.length === 0 && messages !== undefined && Node.isArrayLiteralExpression(messages);
}
