import type { CallExpression, Node } from 'ts-morph';
import type { KindRules, Rewriting } from '../engine/contract.ts';
import { argumentOf, isFalse, isTrue, membersOf, methodCall } from '../engine/syntax.ts';
import { messagesText } from './chat.ts';
import { helper } from './helpers.ts';

const isStreamed = (node: CallExpression): boolean => isTrue(membersOf(argumentOf(node))?.get('stream'));

/** `llm.exec({ messages, tools })`: one reply, and what its calls gave. */
function execText(node: CallExpression, file: Rewriting): string {
  const { receiver } = methodCall(node) ?? {};
  const members = membersOf(argumentOf(node));
  const messages = members?.get('messages');
  const stream = members?.get('stream');
  const other = [...(members?.keys() ?? [])].find((name) => !['messages', 'tools', 'stream'].includes(name));
  if (other === 'responseFormat')
    return file.cannot(
      node,
      'exec() with a schema calls a tool for it with some models and not with others: runTools takes it as output, structured() without tools.',
      'exec',
    );
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
  const name = isStreamed(node) ? streamedStep(file) : wholeStep(file);
  return `${name}(${file.render(receiver)}, ${messagesText(messages, file)}, ${tools === undefined ? '[]' : file.render(tools)})`;
}

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
  const message = file.typed ? file.useType('ChatMessage', '@mortise/core') : '';
  return helper(
    'streamStep',
    file,
    ({ name, typed }) => `
/** The same as it is written: messages and calls are there once the stream has been read. */
function ${name}(${types(file)}) {
  const added${typed(`: ${message}[]`)} = [];
  const toolCalls${typed(': { id: string; name: string; arguments: unknown }[]')} = [];
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
  exec: { kind: (node) => (isStreamed(node) ? 'streamed step' : 'step'), rule: execText },
};

const shared: NonNullable<KindRules['properties']> = {
  newMessages: { kind: 'text', as: 'newMessages' },
  toolCalls: { kind: 'text', as: 'toolCalls' },
};

export const EXEC_KINDS: Readonly<Record<string, KindRules>> = {
  step: { properties: shared },
  'streamed step': {
    properties: { ...shared, stream: { kind: 'text chunks', as: 'stream' } },
    methods: {
      newMessages: {
        kind: 'text',
        rule: (node, file) => `${file.render(methodCall(node)?.receiver as Node)}.newMessages()`,
      },
    },
  },
};
