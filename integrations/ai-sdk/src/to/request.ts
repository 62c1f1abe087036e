import type { ChatOptions, ProviderOptions, ResponseFormat, ToolChoice, ToolDefinition } from '@mortise/core';
import { defined, isObject, type JsonSchema } from '@mortise/core/shared';
import { listOf, OURS, partOf, textOf, type Part } from '../read.ts';
import type { InputLanguageCall } from '../spec.ts';
import type { Note } from './dialects.ts';

/** What their call asks for that ours has no option for. */
const UNKNOWN = ['topK', 'presencePenalty', 'frequencyPenalty'] as const;

/** Their call as options of ours. `providerOptions` are those of the integration; `mortise` holds options of ours. */
export function optionsOf(call: InputLanguageCall, warnings: Note[]): ChatOptions {
  const { [OURS]: own, ...providerOptions } = call.providerOptions ?? {};
  for (const feature of UNKNOWN) if (call[feature] !== undefined) warnings.push(left(feature));
  const headers = Object.keys(call.headers ?? {}).filter((name) => !/^user-agent$/i.test(name));
  if (headers.length > 0) warnings.push(left('headers', 'Give them to the model when it is made.'));
  const { stopSequences: stop = [] } = call;
  return defined({
    tools: toolsOf(call, warnings),
    toolChoice: choiceOf(call.toolChoice),
    responseFormat: formatOf(call.responseFormat),
    temperature: call.temperature,
    topP: call.topP,
    maxOutputTokens: call.maxOutputTokens,
    stop: stop.length === 0 ? undefined : stop,
    seed: call.seed,
    reasoning: effortOf(call.reasoning),
    providerOptions: optionsByProvider(providerOptions),
    ...ownOf(own),
    signal: call.abortSignal,
  });
}

export function left(feature: string, remedy = 'Give the integration its own in providerOptions.'): Note {
  return { feature, details: `Mortise has no option ${feature}. ${remedy}` };
}

export function optionsByProvider(given: object): ProviderOptions | undefined {
  const entries = Object.entries(given).flatMap(([name, of]): [string, { [option: string]: unknown }][] =>
    isObject(of) ? [[name, of]] : [],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Options of a call that theirs has no member for. */
function ownOf(own: unknown): Part {
  const { strict, timeoutMs, deadlineMs, reasoning } = partOf(own);
  return { strict, timeoutMs, deadlineMs, ...(isObject(reasoning) && { reasoning }) };
}

function toolsOf({ tools = [] }: InputLanguageCall, warnings: Note[]): ToolDefinition[] | undefined {
  const known = listOf(tools).flatMap((tool): ToolDefinition[] => {
    const { type, id, name, description, inputSchema, strict } = tool;
    if (type !== 'function') {
      const feature = `tool ${textOf(id) ?? String(name)}`;
      const remedy = 'Tools of a provider go into the providerOptions of its integration.';
      warnings.push({ ...left(feature, remedy), tool });
      return [];
    }
    const parameters: JsonSchema = isObject(inputSchema) ? inputSchema : {};
    const flag = typeof strict === 'boolean' ? strict : undefined;
    return [defined({ name: String(name), description: textOf(description), parameters, strict: flag })];
  });
  return known.length === 0 ? undefined : known;
}

function choiceOf(choice: unknown): ToolChoice | undefined {
  const { type, toolName } = partOf(choice);
  if (type === 'tool') return { tool: String(toolName) };
  return type === 'auto' || type === 'none' || type === 'required' ? type : undefined;
}

function formatOf(format: unknown): ResponseFormat | undefined {
  const { type, schema, name, description } = partOf(format);
  if (type !== 'json') return undefined;
  const given = isObject(schema) ? schema : undefined;
  return defined({
    type: 'json' as const,
    schema: given,
    name: textOf(name),
    description: textOf(description),
  });
}

function effortOf(reasoning: unknown): ChatOptions['reasoning'] {
  const effort = textOf(reasoning);
  return effort === undefined || effort === 'provider-default' ? undefined : { effort };
}
