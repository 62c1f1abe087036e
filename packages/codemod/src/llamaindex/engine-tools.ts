import { Node, type CallExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, constantOf, membersOf, methodCall, objectText } from '../engine/syntax.ts';
import { ownRetriever, PROMPTS } from './engine-parts.ts';
import { fromSettings } from './settings.ts';

/** `index.queryTool({ options, metadata })`. */
export function queryTool(node: CallExpression, file: Rewriting): string {
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
export function overEngines(name: string) {
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
