import { Node, type CallExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, argumentsText, isTrue, membersOf, methodCall, objectText } from '../engine/syntax.ts';
import { retrieverText } from './indexes.ts';
import { isNodeList, listRetriever } from './node-lists.ts';
import { fromSettings } from './settings.ts';

/** What is said of every engine. */
export const PROMPTS =
  'The prompts are others, and answers cite their sources: [1]. See docs/guides/answers.md.';

/** The retriever of an index, of so many nodes as its engine asks for. */
export function ownRetriever(
  receiver: Node,
  members: ReadonlyMap<string, Node>,
  node: Node,
  file: Rewriting,
): string | undefined {
  const topK = members.get('similarityTopK');
  if (isNodeList(file.kindOf(receiver))) {
    if (topK === undefined) return listRetriever(receiver, undefined, node, file, members.get('mode'));
    return void file.cannot(node, 'The option similarityTopK has no counterpart here.');
  }
  const made = retrieverText(receiver, undefined, node, file);
  return topK === undefined ? made : made?.replace('topK: 2', `topK: ${file.render(topK)}`);
}

/** `chat({ message, stream })` of a chat engine. */
export function sayText(node: CallExpression, file: Rewriting): string {
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

/** `createContextChatEngine` over a retriever. */
export function contextEngine(
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
