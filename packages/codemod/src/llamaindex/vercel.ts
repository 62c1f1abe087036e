import type { CallExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';
import { ownRetriever, PROMPTS } from './engine-parts.ts';

/** `llamaindex({ model, index, description })` of `@llamaindex/vercel`: a tool of the AI SDK that asks the index. */
export function knowledgeTool(node: CallExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const [model, index, description] = ['model', 'index', 'description'].map((name) => members?.get(name));
  const other = [...(members?.keys() ?? [])].find(
    (name) => !['model', 'index', 'description'].includes(name),
  );
  if (model === undefined || index === undefined || other !== undefined || file.kindOf(index) !== 'index')
    return file.cannot(
      node,
      'The tool is made here from a model, an index of this file and a description alone.',
    );
  const retriever = ownRetriever(index, new Map(), node, file);
  if (retriever === undefined) return node.getText();
  file.note(node, PROMPTS);
  const llm = `${file.use('fromAISDK', '@mortise/ai-sdk')}(${file.render(model)})`;
  const engine = `${file.use('createQueryEngine', '@mortise/rag')}({ llm: ${llm}, retriever: ${retriever} })`;
  const told =
    description === undefined
      ? "'Get information from your knowledge base to answer questions.'"
      : file.render(description);
  const schema = `${file.use('jsonSchema', 'ai')}({ type: 'object', properties: { query: { type: 'string' } }, required: ['query'], additionalProperties: false })`;
  const asked = file.typed ? '(input as { query: string }).query' : 'input.query';
  return `${file.use('tool', 'ai')}({ description: ${told}, inputSchema: ${schema}, execute: async (input${file.typed ? ': unknown' : ''}) => (await ${engine}.query(${asked})).text })`;
}
