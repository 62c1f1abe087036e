import type { CallExpression, Node } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf, methodCall } from '../engine/syntax.ts';
import { helper } from './helpers.ts';
import { fromSettings, splitterText } from './settings.ts';

/** Indexes without vectors become the list of their nodes, in the order of the documents. */
function listRule(node: CallExpression, file: Rewriting): string {
  const [documents, options] = node.getArguments();
  if (documents === undefined || options !== undefined)
    return file.cannot(node, 'An index of nodes is made here from documents alone.');
  const splitter = splitterText(node, file);
  if (splitter === undefined) return node.getText();
  file.note(node, 'The index is the list of its nodes, in memory; no summary or table is kept beside it.');
  return `${file.render(documents)}.flatMap((document) => ${splitter}.split(document))`;
}

export const NODE_LISTS: Readonly<Record<string, NameRules>> = {
  SummaryIndex: { statics: { fromDocuments: { kind: 'summary index', rule: listRule, sync: true } } },
  KeywordTableIndex: { statics: { fromDocuments: { kind: 'keyword index', rule: listRule, sync: true } } },
  SummaryRetrieverMode: { values: { DEFAULT: "'default'", LLM: "'llm'" } },
  KeywordTableRetrieverMode: {
    values: { DEFAULT: "'DEFAULT'", SIMPLE: "'SIMPLE'", RAKE: "'RAKE'" },
    type: { name: 'string' },
  },
};

/** Whether a value is one of these lists. */
export const isNodeList = (kind: string | undefined): boolean =>
  kind === 'summary index' || kind === 'keyword index';

/** `asRetriever({ mode })` of these lists. Undefined, and listed, where the mode is not known. */
export function listRetriever(
  receiver: Node,
  options: Node | undefined,
  node: Node,
  file: Rewriting,
  given?: Node,
): string | undefined {
  const members = options === undefined ? new Map<string, Node>() : membersOf(options);
  const fail = (message: string): undefined => void file.cannot(node, message);
  if (members === undefined) return fail('The options of the retriever are not written where it is made.');
  const other = [...members.keys()].find((name) => name !== 'mode');
  if (other !== undefined) return fail(`The option ${other} of a retriever has no counterpart.`);
  const mode = given ?? members.get('mode');
  if (file.kindOf(receiver) === 'keyword index') {
    file.note(
      node,
      'A keyword table asked a model for keywords, or took the words of the question. Nodes are found by the words that they share with the question, ranked by BM25, whatever the mode.',
      'KeywordTableIndex',
    );
    return `new ${file.use('BM25Retriever', '@mortise/rag')}({ nodes: ${file.render(receiver)}, topK: 10 })`;
  }
  const every = everyNode(file);
  if (mode === undefined || /\bDEFAULT$|^["']default["']$/.test(mode.getText()))
    return `${every}(${file.render(receiver)})`;
  if (!/\bLLM$|^["']llm["']$/.test(mode.getText()))
    return fail('The mode of the retriever has no counterpart.');
  const llm = fromSettings('llm', node, file);
  if (llm === undefined) return undefined;
  file.note(
    node,
    'The model scores the nodes ten at a time, and the best ten are taken; LlamaIndexTS took all that it named.',
    'SummaryIndex',
  );
  return `${chosenNodes(every, file)}(${llm}, ${every}(${file.render(receiver)}))`;
}

function everyNode(file: Rewriting): string {
  const node = file.typed ? file.useType('Node', '@mortise/core') : '';
  const retriever = file.typed ? file.useType('Retriever', '@mortise/core') : '';
  return helper(
    'everyNode',
    file,
    ({ name, typed }) => `
/** Finds every node, in their order. */
function ${name}(nodes${typed(`: readonly ${node}[]`)})${typed(`: ${retriever}`)} {
  return { retrieve: async () => nodes.map((node) => ({ node: structuredClone(node), score: 1 })) };
}`,
  );
}

function chosenNodes(every: string, file: Rewriting): string {
  const llm = file.typed ? file.useType('LLM', '@mortise/core') : '';
  const retriever = file.typed ? file.useType('Retriever', '@mortise/core') : '';
  const rerank = file.use('LLMRerank', '@mortise/rag');
  return helper(
    'chosenNodes',
    file,
    ({ name, typed }) => `
/** Of what a retriever finds, the nodes that a model scores best. */
function ${name}(llm${typed(`: ${llm}`)}, retriever${typed(`: ReturnType<typeof ${every}>`)})${typed(`: ${retriever}`)} {
  const rerank = new ${rerank}({ llm });
  return { retrieve: async (query, options) => rerank.postprocess(query, await retriever.retrieve(query, options), options) };
}`,
  );
}

/** What these lists are asked for besides what every index is. */
export const NODE_LIST_METHODS: NonNullable<KindRules['methods']> = {
  asRetriever: {
    kind: 'retriever',
    rule: (node, file) => {
      const { receiver } = methodCall(node) ?? {};
      if (receiver === undefined) return file.cannot(node, 'It is called in an unknown way.');
      return listRetriever(receiver, argumentOf(node), node, file) ?? node.getText();
    },
  },
};
