import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { Kind, KindRules, NameRules, Rewriting, Rule } from '../engine/contract.ts';
import { argumentOf, argumentsText, isTrue, membersOf, methodCall, objectText } from '../engine/syntax.ts';
import { messageProperty } from '../shared/answers.ts';
import { isStreamed } from './chat.ts';
import { filterText } from './filters.ts';
import { filteredText } from './indexes.ts';
import { contextEngine, ownRetriever, PROMPTS, sayText } from './engine-parts.ts';
import { overEngines, queryTool } from './engine-tools.ts';
import { isNodeList } from './node-lists.ts';
import { fromSettings } from './settings.ts';

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

const streamedOr =
  (whole: Kind) =>
  (node: CallExpression): Kind =>
    isStreamed(node) ? 'chunk stream' : whole;

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
      metadata: { kind: 'answer metadata', as: 'metadata' },
    },
  },
  'answer metadata': {
    properties: {
      selectorResult: {
        kind: 'text',
        as: (node, file) => {
          if (!Node.isPropertyAccessExpression(node))
            return file.cannot(node, 'It is used in an unknown way.');
          file.note(node, 'What was chosen is { engine, reason } in the metadata of the answer.');
          return file.render(node.getExpression());
        },
      },
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
        (name) =>
          !['similarityTopK', 'chatModel', 'systemPrompt'].includes(name) &&
          !(name === 'mode' && isNodeList(file.kindOf(receiver))),
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
        file.note(node, 'The model is told rules for results of tools, though there are none.');
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
        const [mode, parts] = node.getArguments();
        const name = SYNTHESIZERS[mode?.getText().replaceAll(/['"]/g, '') ?? ''];
        if (name === undefined)
          return file.cannot(node, `The mode ${mode?.getText() ?? ''} has no counterpart.`);
        const members = parts === undefined ? new Map<string, Node>() : membersOf(parts);
        if (
          members === undefined ||
          [...members.keys()].some((each) => !['llm', 'textQATemplate'].includes(each))
        )
          return file.cannot(node, 'Prompts of a synthesizer have other variables: sources, tag, question.');
        const prompt = members.get('textQATemplate');
        if (prompt !== undefined && (name === 'TreeSynthesizer' || file.kindOf(prompt) !== 'prompt template'))
          return file.cannot(node, 'Prompts of a synthesizer have other variables: sources, tag, question.');
        const given = members.get('llm');
        const llm = given === undefined ? fromSettings('llm', node, file) : file.render(given);
        if (llm === undefined) return node.getText();
        const options = objectText([['prompt', prompt && file.render(prompt)]]);
        return `new ${file.use(name, '@mortise/rag')}(${argumentsText(objectText([['llm', llm]]), options)})`;
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
};
