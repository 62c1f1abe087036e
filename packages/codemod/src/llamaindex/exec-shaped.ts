import type { Rewriting } from '../engine/contract.ts';
import { helper } from './helpers.ts';

/** The parameters of a step that gives an object, with their types where the file has them. */
function parameters(file: Rewriting): string {
  if (!file.typed) return '(llm, messages, tools, schema)';
  const llm = file.useType('LLM', '@mortise/core');
  const message = file.useType('ChatMessage', '@mortise/core');
  const tool = file.useType('Tool', '@mortise/toolkit');
  const schema = file.useType('Schema', '@mortise/core/schema');
  return `<T>(llm: ${llm}, messages: readonly ${message}[], tools: readonly ${tool}[], schema: ${schema}<unknown, T>)`;
}

/** What both kinds of step begin with: the tool by which the model gives the object, as LlamaIndexTS names it. */
function shapeTool(file: Rewriting): string {
  return `  let object${file.typed ? ': T | undefined' : ''};
  const shape = ${file.use('tool', '@mortise/toolkit')}({
    name: 'format_output',
    description: 'Respond with a JSON object',
    parameters: schema,
    execute: (value${file.typed ? ': T' : ''}) => (object = value),
  });`;
}

/** The function for `llm.exec({ messages, responseFormat })`. */
export function shapedStep(file: Rewriting): string {
  const runTools = file.use('runTools', '@mortise/toolkit');
  return helper(
    'shapedStep',
    file,
    ({ name }) => `
/** Asks the model once, which may answer by an object of the schema, and runs the tools that it calls. */
async function ${name}${parameters(file)} {
${shapeTool(file)}
  const result = await ${runTools}(llm, messages, { tools: [...tools, shape], stopWhen: () => true });
  return { newMessages: result.messages.slice(messages.length), toolCalls: result.response.toolCalls, object };
}`,
  );
}

/** The function for `llm.exec({ messages, responseFormat, stream: true })`. */
export function streamedShapedStep(file: Rewriting): string {
  const streamTools = file.use('streamTools', '@mortise/toolkit');
  const [message, call] = file.typed
    ? [file.useType('ChatMessage', '@mortise/core'), file.useType('ToolCallBlock', '@mortise/core')]
    : [];
  return helper(
    'shapedStreamStep',
    file,
    ({ name, typed }) => `
/** The same as it is written: a step that calls tools is waited for, one of words is read from its stream. */
async function ${name}${parameters(file)} {
${shapeTool(file)}
  const added${typed(`: ${message}[]`)} = [];
  const toolCalls${typed(`: ${call}[]`)} = [];
  const run = ${streamTools}(llm, messages, { tools: [...tools, shape], stopWhen: () => true });
  async function* read() {
    yield* run.textStream;
    const result = await run.final();
    added.push(...result.messages.slice(messages.length));
    toolCalls.push(...result.response.toolCalls);
  }
  const texts = read();
  let first = await texts.next();
  while (!first.done && first.value === '') first = await texts.next();
  async function* stream() {
    if (first.done) return;
    yield first.value;
    yield* texts;
  }
  return { stream: stream(), newMessages: () => added, toolCalls, object };
}`,
  );
}
