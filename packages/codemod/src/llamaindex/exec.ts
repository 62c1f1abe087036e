import type { CallExpression, Node } from 'ts-morph';
import type { KindRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, argumentsText, isFalse, isTrue, membersOf, methodCall } from '../engine/syntax.ts';
import { isStreamed, messagesText } from './chat.ts';
import { shapedStep, streamedShapedStep } from './exec-shaped.ts';
import { helper } from './helpers.ts';

const hasSchema = (node: CallExpression): boolean =>
  membersOf(argumentOf(node))?.has('responseFormat') === true;

const OPTIONS = ['messages', 'tools', 'stream', 'responseFormat'];

/** `llm.exec({ messages, tools })`: one reply, and what its calls gave. */
function execText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const messages = members?.get('messages');
  const stream = members?.get('stream');
  const other = [...(members?.keys() ?? [])].find((name) => !OPTIONS.includes(name));
  const schema = members?.get('responseFormat');
  if (schema !== undefined && membersOf(schema) !== undefined)
    return file.cannot(node, 'The responseFormat of exec() is no schema.', 'exec');
  if (receiver === undefined || messages === undefined || other !== undefined)
    return file.cannot(node, 'The argument of exec() is not written where it is called.', 'exec');
  if (stream !== undefined && !isTrue(stream) && !isFalse(stream))
    return file.cannot(node, 'Whether exec() streams is decided while the program runs.', 'exec');
  const tools = members?.get('tools');
  file.note(
    node,
    'exec() is one step of streamTools, written into the file. What a tool throws is not told to the model.',
    'exec',
  );
  if (schema !== undefined)
    file.note(
      node,
      'The schema is a tool that the model may call: object is there in the step in which it calls it, in no later one, and not where what it gave does not fit.',
      'exec',
    );
  const [whole, streamed] =
    schema === undefined ? [wholeStep, streamedStep] : [shapedStep, streamedShapedStep];
  const name = isStreamed(node) ? streamed(file) : whole(file);
  return `${name}(${argumentsText(
    file.render(receiver),
    messagesText(messages, file),
    tools === undefined ? '[]' : file.render(tools),
    schema === undefined ? '' : file.render(schema),
  )})`;
}

/** The parameters of a step, with their types where the file has them. */
function types(file: Rewriting): string {
  if (!file.typed) return 'llm, messages, tools';
  const llm = file.useType('LLM', '@mortise/core');
  const message = file.useType('ChatMessage', '@mortise/core');
  return `llm: ${llm}, messages: readonly ${message}[], tools: readonly ${file.useType('Tool', '@mortise/toolkit')}[]`;
}

function wholeStep(file: Rewriting): string {
  const runTools = file.use('runTools', '@mortise/toolkit');
  return helper(
    'execStep',
    file,
    ({ name }) => `
/** Asks the model once, and runs the tools that it calls. */
async function ${name}(${types(file)}) {
  const result = await ${runTools}(llm, messages, { tools, stopWhen: () => true });
  return { newMessages: result.messages.slice(messages.length), toolCalls: result.response.toolCalls };
}`,
  );
}

function streamedStep(file: Rewriting): string {
  const streamTools = file.use('streamTools', '@mortise/toolkit');
  const [message, call] = file.typed
    ? [file.useType('ChatMessage', '@mortise/core'), file.useType('ToolCallBlock', '@mortise/core')]
    : [];
  return helper(
    'streamStep',
    file,
    ({ name, typed }) => `
/** The same as it is written: messages and calls are there once the stream has been read. */
function ${name}(${types(file)}) {
  const added${typed(`: ${message}[]`)} = [];
  const toolCalls${typed(`: ${call}[]`)} = [];
  async function* texts() {
    const run = ${streamTools}(llm, messages, { tools, stopWhen: () => true });
    yield* run.textStream;
    const result = await run.final();
    added.push(...result.messages.slice(messages.length));
    toolCalls.push(...result.response.toolCalls);
  }
  return { stream: texts(), newMessages: () => added, toolCalls };
}`,
  );
}

export const EXEC: NonNullable<KindRules['methods']> = {
  exec: {
    kind: (node) => `${hasSchema(node) ? 'shaped ' : ''}${isStreamed(node) ? 'streamed step' : 'step'}`,
    rule: execText,
  },
};

const shared: NonNullable<KindRules['properties']> = {
  newMessages: { kind: 'text', as: 'newMessages' },
  toolCalls: { kind: 'tool call[]', as: 'toolCalls' },
};
const shaped: NonNullable<KindRules['properties']> = { object: { kind: 'text', as: 'object' } };

const streamed: KindRules = {
  properties: { ...shared, stream: { kind: 'text chunks', as: 'stream' } },
  methods: {
    newMessages: {
      kind: 'text',
      rule: (node, file) => `${file.render(methodCall(node)?.receiver as Node)}.newMessages()`,
    },
  },
};

export const EXEC_KINDS: Readonly<Record<string, KindRules>> = {
  step: { properties: shared },
  'shaped step': { properties: { ...shared, ...shaped } },
  'streamed step': streamed,
  'shaped streamed step': { ...streamed, properties: { ...streamed.properties, ...shaped } },
  'tool call': {
    properties: {
      id: { kind: 'text', as: 'id' },
      name: { kind: 'text', as: 'name' },
      input: { kind: 'text', as: 'arguments' },
    },
  },
};
