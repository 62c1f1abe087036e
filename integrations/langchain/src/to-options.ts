import { MortiseError } from '@mortise/core';
import type { ChatOptions, ToolChoice, ToolDefinition } from '@mortise/core/llm';
import { defined, isObject, type JsonSchema, reading } from '@mortise/core/shared';
import { countOf, objectOf, textOf, type Members } from './values.ts';

/** Writes a tool of theirs as OpenAI has it: `convertToOpenAITool` of `@langchain/core/utils/function_calling`. */
export type ConvertTool = (tool: never) => unknown;

/** The tools of a call as `bindTools` keeps them: definitions, whatever they were given as. */
export function toDefinitions(tools: readonly unknown[], convert: ConvertTool): ToolDefinition[] {
  return tools.map((tool) => {
    const written = isDefinition(tool) ? tool : convert(tool as never);
    const { name, description, parameters, strict } = objectOf(objectOf(written)['function']);
    if (typeof name !== 'string' || !isObject(parameters)) {
      const message =
        'A tool of a provider cannot be bound to a model of Mortise. Give it with providerOptions.';
      throw new MortiseError('unsupported', message);
    }
    const schema = parameters as JsonSchema;
    return defined({
      name,
      description: textOf(description),
      parameters: schema,
      strict: typeof strict === 'boolean' ? strict : undefined,
    });
  });
}

function isDefinition(tool: unknown): boolean {
  return isObject(tool) && tool['type'] === 'function' && isObject(tool['function']);
}

/** Options of one of their calls as ours. Those of providers, by whatever name, go with `providerOptions`. */
export function toChatOptions(options: Members, convert: ConvertTool): ChatOptions {
  return reading('The options of the call', () => readOptions(options, convert));
}

function readOptions(options: Members, convert: ConvertTool): ChatOptions {
  const { signal, tools, tool_choice: choice, stop, providerOptions, reasoning, mortise } = options;
  return defined({
    signal: signal as AbortSignal | undefined,
    tools: Array.isArray(tools) && tools.length > 0 ? toDefinitions(tools, convert) : undefined,
    toolChoice: toChoice(choice),
    responseFormat: toFormat(options['response_format']),
    stop: Array.isArray(stop) ? (stop as string[]) : undefined,
    temperature: countOf(options['temperature']),
    topP: countOf(options['topP']) ?? countOf(options['top_p']),
    maxOutputTokens:
      countOf(options['maxOutputTokens']) ?? countOf(options['maxTokens']) ?? countOf(options['max_tokens']),
    seed: countOf(options['seed']),
    reasoning: isObject(reasoning) ? reasoning : undefined,
    strict: objectOf(mortise)['strict'] === true ? true : undefined,
    providerOptions: isObject(providerOptions)
      ? (providerOptions as ChatOptions['providerOptions'])
      : undefined,
  });
}

/** The standard's words, a tool's name, and the objects of OpenAI and Anthropic. */
function toChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  const { type, name, function: called } = objectOf(choice);
  const word = typeof choice === 'string' ? choice : type;
  if (word === 'auto' || word === 'none') return word;
  if (word === 'any' || word === 'required') return 'required';
  if (typeof choice === 'string') return { tool: choice };
  const tool = textOf(objectOf(called)['name']) ?? textOf(name);
  if (tool !== undefined) return { tool };
  const message = `This tool_choice is not understood: ${JSON.stringify(choice)?.slice(0, 100)}. Use auto, any, none or a tool's name.`;
  throw new MortiseError('unsupported', message);
}

/** As their agents write it: `json_schema` of OpenAI. */
function toFormat(format: unknown): ChatOptions['responseFormat'] {
  if (format === undefined || format === null) return undefined;
  const { type, json_schema: about } = objectOf(format);
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  const { schema, name, description } = objectOf(about);
  if (type === 'json_schema' && isObject(schema))
    return defined({
      type: 'json',
      schema,
      name: textOf(name),
      description: textOf(description),
    } as const);
  throw new MortiseError(
    'unsupported',
    'This response_format is not understood. Use json_schema or json_object.',
  );
}
