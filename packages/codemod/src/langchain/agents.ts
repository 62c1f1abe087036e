import { Node, type CallExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, argumentsText, membersOf, methodCall } from '../engine/syntax.ts';
import { inputText } from './messages.ts';

const OTHER =
  'An agent is runTools or streamTools; middleware is prepareStep, stopWhen, approve and toolErrors. See docs/guides/tools.md.';

const GIVEN = 'What an agent gave is text, messages and steps of runTools.';

/** `createAgent({ model, tools, systemPrompt })` as a function of the messages. */
function agentText(node: CallExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const other = [...(members?.keys() ?? [])].find(
    (name) => !['model', 'tools', 'systemPrompt', 'name'].includes(name),
  );
  const [model, tools, system] = ['model', 'tools', 'systemPrompt'].map((name) => members?.get(name));
  const isPlain =
    model !== undefined &&
    file.kindOf(model) === 'chat model' &&
    other === undefined &&
    Node.isVariableDeclaration(node.getParent()) &&
    node.getArguments().length === 1;
  if (!isPlain) return file.cannot(node, OTHER, 'createAgent');
  if (system !== undefined && file.kindOf(system) !== undefined)
    return file.cannot(node, 'The prompt of an agent is a text here.', 'createAgent');
  const messages = file.typed
    ? `messages: readonly ${file.useType('ChatMessage', '@mortise/core')}[]`
    : 'messages';
  const asked =
    system === undefined ? 'messages' : `[{ role: 'system', content: ${file.render(system)} }, ...messages]`;
  file.note(
    node,
    'An agent is runTools: it stops after 10 steps (maxSteps), and what a tool throws is not told to the model.',
    'createAgent',
  );
  const given = `{ tools: ${tools === undefined ? '[]' : file.render(tools)} }`;
  return `(${messages}) => ${file.use('runTools', '@mortise/toolkit')}(${argumentsText(file.render(model), asked, given)})`;
}

/** `agent.invoke({ messages })`. */
function invokeText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const messages = members?.get('messages');
  if (
    receiver === undefined ||
    messages === undefined ||
    members?.size !== 1 ||
    node.getArguments().length > 1 ||
    !Node.isArrayLiteralExpression(messages)
  )
    return file.cannot(
      node,
      'An agent is asked with a list of messages that is written out, and nothing else.',
    );
  return `${file.render(receiver)}(${inputText(messages, file)})`;
}

/** `result.messages.at(-1)?.content` and `messages[messages.length - 1].content`: the text of the last reply. */
function lastText(node: Node, file: Rewriting): string {
  const message = Node.isPropertyAccessExpression(node) ? node.getExpression() : undefined;
  const messages = message === undefined ? undefined : listOfLast(message);
  if (messages === undefined || !Node.isPropertyAccessExpression(messages))
    return file.cannot(node, GIVEN, 'createAgent');
  return `${file.render(messages.getExpression())}.text`;
}

/** The list of which an expression is the last element. */
function listOfLast(message: Node): Node | undefined {
  if (Node.isNonNullExpression(message)) return listOfLast(message.getExpression());
  if (Node.isCallExpression(message)) {
    const called = methodCall(message);
    return called?.method === 'at' && argumentOf(message)?.getText() === '-1' ? called.receiver : undefined;
  }
  if (!Node.isElementAccessExpression(message)) return undefined;
  const list = message.getExpression();
  return message.getArgumentExpression()?.getText() === `${list.getText()}.length - 1` ? list : undefined;
}

export const AGENTS: Readonly<Record<string, NameRules>> = {
  createAgent: { call: { kind: 'created agent', rule: agentText } },
};

export const AGENT_KINDS: Readonly<Record<string, KindRules>> = {
  'created agent': { methods: { invoke: { kind: 'agent result', rule: invokeText } } },
  'agent result': {
    properties: {
      messages: { kind: 'agent message[]', as: (node, file) => file.cannot(node, GIVEN, 'createAgent') },
    },
  },
  'agent message': { properties: { content: { kind: 'text', as: lastText } } },
};
