import { Node, type CallExpression, type Statement } from 'ts-morph';
import type { KindRules, Rewriting } from '../engine/contract.ts';
import { isFalse, isTrue } from '../engine/syntax.ts';
import { runText } from './agents.ts';
import { helper } from './helpers.ts';

/** `createTask(question, true)`. */
const isStreamed = (node: CallExpression): boolean => isTrue(node.getArguments()[1]);

/** `agent.createTask(question)`: its steps are the replies of the model. */
function taskText(node: CallExpression, file: Rewriting): string {
  const [question, streams, ...others] = node.getArguments();
  if (
    question === undefined ||
    others.length > 0 ||
    !(streams === undefined || isTrue(streams) || isFalse(streams))
  )
    return file.cannot(node, 'A task is made of a question alone, and streams or does not.');
  const run = runText(node, file);
  if (isStreamed(node)) {
    file.note(
      node,
      'The steps of a task are the replies of the model: { output, isLast }, without the state of the task. A reply that begins with words is taken for the last, and raw is an event of Mortise.',
    );
    return `${streamedSteps(file)}(${run})`;
  }
  file.note(
    node,
    'The steps of a task are the replies of the model: { output, isLast }, without the state of the task.',
  );
  return `${wholeSteps(file)}(${run})`;
}

function wholeSteps(file: Rewriting): string {
  const event = file.typed ? file.useType('RunToolsEvent', '@mortise/toolkit') : '';
  return helper(
    'stepsOf',
    file,
    ({ name, typed }) => `
/** The replies of a run, one for each step. */
async function* ${name}(run${typed(`: AsyncIterable<${event}>`)}) {
  for await (const event of run)
    if (event.type === 'response') yield { output: event.response, isLast: event.response.toolCalls.length === 0 };
}`,
  );
}

function streamedSteps(file: Rewriting): string {
  const event = file.typed ? file.useType('RunToolsEvent', '@mortise/toolkit') : '';
  return helper(
    'streamedStepsOf',
    file,
    ({ name, typed }) => `
/** The replies of a run as they are written, one for each step; its first piece says whether one is the last. */
async function* ${name}(run${typed(`: AsyncIterable<${event}>`)}) {
  const events = run[Symbol.asyncIterator]();
  async function* pieces(first${typed(`: ${event}`)}) {
    let event = first;
    while (event.type !== 'response') {
      if (event.type === 'stream')
        yield { delta: event.event.type === 'text-delta' ? event.event.delta : '', raw: event.event };
      const next = await events.next();
      if (next.done) return;
      event = next.value;
    }
  }
  let seen = 0;
  try {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      const event = next.value;
      if (event.type !== 'stream' || event.step === seen) continue;
      const isText = event.event.type === 'text-delta' && event.event.delta !== '';
      if (!isText && event.event.type !== 'tool-call-start') continue;
      seen = event.step;
      yield { output: pieces(event), isLast: isText };
    }
  } finally {
    await events.return?.();
  }
}`,
  );
}

/** `const stream = step.output as ReadableStream<ChatResponseChunk>`: what it is needs no telling. */
export function taskStatement(statement: Statement, file: Rewriting): string | undefined {
  if (!Node.isVariableStatement(statement)) return undefined;
  const [declaration, ...others] = statement.getDeclarations();
  const value = declaration?.getInitializer();
  if (declaration === undefined || others.length > 0 || !Node.isAsExpression(value)) return undefined;
  const output = value.getExpression();
  if (file.kindOf(output) !== 'pieces of a step' || declaration.getTypeNode() !== undefined) return undefined;
  const end = statement.getText().endsWith(';') ? ';' : '';
  return `${statement.getDeclarationKind()} ${declaration.getName()} = ${file.render(output)}${end}`;
}

export const TASK: NonNullable<KindRules['methods']> = {
  createTask: {
    kind: (node) => (isStreamed(node) ? 'streamed agent steps' : 'agent steps'),
    rule: taskText,
  },
};

export const TASK_KINDS: Readonly<Record<string, KindRules>> = {
  'agent steps': { iterates: { kind: 'agent step', through: '' } },
  'agent step': { properties: { isLast: { kind: 'text', as: 'isLast' } } },
  'streamed agent steps': { iterates: { kind: 'streamed agent step', through: '' } },
  'streamed agent step': {
    properties: {
      isLast: { kind: 'text', as: 'isLast' },
      output: { kind: 'pieces of a step', as: 'output' },
    },
  },
  'pieces of a step': { iterates: { kind: 'piece of a step', through: '' } },
  'piece of a step': {
    properties: { delta: { kind: 'text', as: 'delta' }, raw: { kind: 'text', as: 'raw' } },
  },
};
