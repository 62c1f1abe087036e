import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { KindRules, NameRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, membersOf } from '../engine/syntax.ts';
import { toolText } from '../shared/tools.ts';
import { agentKind, agentText, runsStreamed, runText } from './agents.ts';
import { TASK, TASK_KINDS } from './tasks.ts';
import { knowledgeTool } from './vercel.ts';
import { wikipediaText } from './wikipedia.ts';

/** `tool({...})` is ours as it is; `tool(execute, {...})` and `FunctionTool.from` have the same parts in another order. */
function fromFunction(node: CallExpression | NewExpression, file: Rewriting): string {
  const [execute, about] = node.getArguments();
  if (execute !== undefined && about === undefined && Node.isCallExpression(node)) {
    const members = membersOf(execute);
    const body = members?.get('execute');
    if (members === undefined || body === undefined)
      return file.cannot(node, 'Its parts are not written where it is made.');
    const other = [...members.keys()].find(
      (name) => !['name', 'description', 'parameters', 'execute'].includes(name),
    );
    if (other !== undefined) return file.cannot(node, `The option ${other} of a tool has no counterpart.`);
    return `${file.use('tool', '@mortise/toolkit')}(${file.render(execute)})`;
  }
  const members = membersOf(about);
  if (execute === undefined || members === undefined)
    return file.cannot(node, 'Its parts are not written where it is made.');
  const other = [...members.keys()].find((name) => !['name', 'description', 'parameters'].includes(name));
  if (other !== undefined) return file.cannot(node, `The option ${other} of a tool has no counterpart.`);
  return toolText(
    {
      execute,
      name: members.get('name'),
      description: members.get('description'),
      parameters: members.get('parameters'),
    },
    node,
    file,
  );
}

const chatStream = (node: CallExpression) => (runsStreamed(node) ? 'chunk stream' : 'agent answer');

/** `agentToolCallEvent.include(event)` as a test of the event's type. */
const included = (test: (event: string) => string): NameRules => ({
  statics: {
    include: {
      rule: (node, file) => {
        const event = argumentOf(node);
        return event === undefined || !Node.isIdentifier(event)
          ? file.cannot(node, 'The event is not a name.')
          : grouped(test(event.getText()), node);
      },
    },
  },
});

/** A test of several parts keeps together behind `!`. */
function grouped(test: string, node: Node): string {
  return Node.isPrefixUnaryExpression(node.getParent()) ? `(${test})` : test;
}

/** `event.data.toolName` and its like: the path of the member in our events. */
const inEvent =
  (path: string) =>
  (node: Node, file: Rewriting): string => {
    if (!Node.isPropertyAccessExpression(node))
      return file.cannot(node, 'The event is used in an unknown way.');
    return `${file.render(node.getExpression())}.${path}`;
  };

export const TOOL_KINDS: Readonly<Record<string, KindRules>> = {
  tool: {},
  agent: {
    methods: {
      run: { kind: 'agent answer', rule: runText },
      runStream: { kind: 'agent events', rule: runText },
      chat: { kind: chatStream, rule: runText },
      ...TASK,
    },
  },
  'agent answer': {
    properties: {
      data: { kind: 'agent result', as: dataText },
      message: { kind: 'agent message', bound: { as: 'text', kind: 'text of an answer' }, as: messageOf },
      response: { kind: 'text', as: 'text' },
    },
  },
  'agent message': { properties: { content: { kind: 'text', as: 'text' } } },
  'agent result': {
    properties: {
      /** The conversation, where it is what another run goes on from. */
      state: { kind: 'run state', as: stateText },
      object: { kind: 'text', as: 'output' },
      result: { kind: 'text', as: 'text' },
      message: { as: 'text' },
    },
  },
  'run state': {},
  ...TASK_KINDS,
  'agent events': { iterates: { kind: 'agent event', through: '' } },
  'agent event': { properties: { data: { kind: 'event data', as: eventData } } },
  'event data': {
    properties: {
      delta: { kind: 'text', as: inEvent('event.delta') },
      toolName: { kind: 'text', as: inEvent('call.name') },
      toolKwargs: { kind: 'text', as: inEvent('call.arguments') },
      toolOutput: { kind: 'tool output', as: inEvent('result') },
    },
  },
  'tool output': { properties: { result: { kind: 'text', as: 'content' } } },
};

/** What an agent gave, where it is shown as a whole, is its text. */
function dataText(node: Node, file: Rewriting): string {
  if (!Node.isPropertyAccessExpression(node)) return file.cannot(node, 'It is used in an unknown way.');
  const receiver = file.render(node.getExpression());
  if (Node.isPropertyAccessExpression(node.getParent())) return receiver;
  file.note(
    node,
    'data had the result, the messages and the state: the text is shown; messages and state are beside it.',
  );
  return `${receiver}.text`;
}

function stateText(node: Node, file: Rewriting): string {
  const parent = node.getParent();
  if (
    !Node.isPropertyAccessExpression(node) ||
    !Node.isPropertyAssignment(parent) ||
    parent.getName() !== 'state'
  )
    return file.cannot(
      node,
      'The state of a run is plain JSON of another shape: state of what runTools gives.',
    );
  return `${file.render(node.getExpression())}.messages.filter(({ role }) => role !== 'system')`;
}

function messageOf(node: Node, file: Rewriting): string {
  if (!Node.isPropertyAccessExpression(node)) return file.cannot(node, 'It is used in an unknown way.');
  const receiver = file.render(node.getExpression());
  const parent = node.getParent();
  return Node.isPropertyAccessExpression(parent) && parent.getName() === 'content'
    ? receiver
    : `${receiver}.response.message`;
}

function eventData(node: Node, file: Rewriting): string {
  if (!Node.isPropertyAccessExpression(node))
    return file.cannot(node, 'The event is used in an unknown way.');
  // Alone it is shown as a whole: the event then.
  return file.render(node.getExpression());
}

const made = { kind: 'tool', rule: fromFunction };
const agent: NameRules = {
  construct: { kind: agentKind, rule: agentText },
  call: { kind: agentKind, rule: agentText },
};

export const TOOLS: Readonly<Record<string, NameRules>> = {
  tool: { call: made },
  FunctionTool: {
    construct: made,
    statics: { from: made },
    type: { name: 'Tool', from: '@mortise/toolkit', kind: 'tool' },
  },
  agent,
  OpenAIAgent: agent,
  AnthropicAgent: agent,
  LLMAgent: agent,
  ReActAgent: agent,
  agentStreamEvent: included((event) => `${event}.type === 'stream' && ${event}.event.type === 'text-delta'`),
  agentToolCallEvent: included((event) => `${event}.type === 'tool-start'`),
  agentToolCallResultEvent: included((event) => `${event}.type === 'tool-end'`),
  multiAgent: {
    without:
      'Agents that hand over: an agent that is a tool of another, with agentTool, or a program around runTools.',
  },
  createWorkflow: {
    without:
      'Workflows of events are a program of yours: what comes after what is plain code around runTools.',
  },
  workflowEvent: { without: 'Workflows of events are a program of yours.' },
  zodEvent: { without: 'Workflows of events are a program of yours.' },
  agentHandler: { without: 'Workflows of events are a program of yours.' },
  llamaindex: { call: { rule: knowledgeTool } },
  wiki: { call: { kind: 'tool', rule: wikipediaText } },
};
