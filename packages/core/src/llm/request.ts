import { MortiseError } from '../errors.ts';
import { defined, isObject } from '../shared/json.ts';
import { finiteNumber, wholeNumber } from '../shared/options.ts';
import { checkMessages } from './check-messages.ts';
import { invalid } from './check-source.ts';
import type { ChatOptions, ChatRequest, LLMCapabilities, LLMMetadata } from './contract.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { ChatInput, ChatMessage } from './message-contract.ts';
import { blocksOf, toMessages } from './message.ts';
import type { OwnSetting, ToolChoice, ToolDefinition } from './tool-contract.ts';

/** Checks the input and the options against themselves and against what the model declares; sends nothing. */
export function toChatRequest<P extends ProviderOptions>(
  input: ChatInput | { readonly prompt: string },
  options: ChatOptions<P>,
  model: { readonly provider: string; readonly model: string; readonly metadata: LLMMetadata },
): ChatRequest<P> {
  const prompt = isObject(input) && 'prompt' in input ? input.prompt : undefined;
  if (prompt !== undefined && typeof prompt !== 'string') throw invalid('The prompt is not a string.');
  const given = prompt ?? input;
  const messages = typeof given === 'string' ? toMessages(given) : checkMessages(given);
  checkNumbers(options);
  const { tools, toolChoice } = offered(options, model.metadata.capabilities);
  checkCapabilities({ ...options, tools, toolChoice }, messages, model);
  const { responseFormat, temperature, topP, maxOutputTokens, stop, seed, reasoning, providerOptions } =
    options;
  return defined({
    messages,
    prompt,
    tools,
    toolChoice,
    responseFormat,
    temperature,
    topP,
    maxOutputTokens,
    stop: stop?.length === 0 ? undefined : stop,
    seed,
    reasoning,
    strict: options.strict ?? false,
    providerOptions,
  }) as ChatRequest<P>;
}

function checkNumbers(options: ChatOptions): void {
  const code = 'invalid-request';
  const { temperature, topP, maxOutputTokens, seed } = options;
  if (temperature !== undefined) finiteNumber('temperature', temperature, { least: 0, code });
  if (topP !== undefined) finiteNumber('topP', topP, { above: 0, most: 1, code });
  if (maxOutputTokens !== undefined) wholeNumber('maxOutputTokens', maxOutputTokens, { code });
  if (seed !== undefined) wholeNumber('seed', seed, { least: Number.MIN_SAFE_INTEGER, code });
  for (const stop of options.stop ?? []) {
    if (typeof stop !== 'string' || stop === '')
      throw invalid('stop holds something that is not a non-empty string.');
  }
}

function toDefinition({ name, description, parameters, strict }: ToolDefinition): ToolDefinition {
  return defined({ name, description, parameters, strict }) as ToolDefinition;
}

/** The tools and the choice among them, as the model takes them. */
function offered(
  { tools: given = [], toolChoice }: ChatOptions,
  capabilities: LLMCapabilities,
): { tools?: readonly ToolDefinition[] | undefined; toolChoice?: ToolChoice | undefined } {
  if (given.length === 0 && toolChoice === undefined) return {};
  const tools = given.length === 0 ? undefined : given.map(toDefinition);
  checkTools(tools, toolChoice);
  return chosen(tools, toolChoice, capabilities);
}

function checkTools(tools: readonly ToolDefinition[] | undefined, choice: ToolChoice | undefined): void {
  const names = new Set<string>();
  for (const { name, parameters } of tools ?? []) {
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw invalid(`The tool name ${JSON.stringify(name)} is not 1 to 64 letters, digits, _ or -.`);
    }
    if (names.has(name)) throw invalid(`Two tools are named ${name}; names must differ.`);
    if (typeof parameters !== 'object' || parameters === null)
      throw invalid(`The tool ${name} has no parameters schema.`);
    names.add(name);
  }
  if (choice === undefined) return;
  if (isByName(choice)) {
    const asked = namesIn(choice);
    const at = asked.findIndex((name) => !names.has(name));
    if (at >= 0 || asked.length === 0)
      throw invalid(`toolChoice asks for the tool ${asked[at] ?? '(none)'}, which is not among the tools.`);
  }
  if (choice === 'required' && names.size === 0)
    throw invalid('toolChoice is required, but there are no tools.');
}

type ByName = Exclude<ToolChoice, string | OwnSetting>;

function isByName(choice: ToolChoice | undefined): choice is ByName {
  return typeof choice === 'object' && !('type' in choice);
}

function namesIn(choice: ByName): readonly string[] {
  return 'tools' in choice ? choice.tools : [choice.tool];
}

/** Where tools cannot be named, they alone are offered. */
function chosen(
  tools: readonly ToolDefinition[] | undefined,
  toolChoice: ToolChoice | undefined,
  { namedToolChoice, allowedTools = false }: LLMCapabilities,
): { tools: readonly ToolDefinition[] | undefined; toolChoice: ToolChoice | undefined } {
  if (!isByName(toolChoice)) return { tools, toolChoice };
  const isSome = 'tools' in toolChoice;
  if (isSome ? allowedTools : namedToolChoice !== false) return { tools, toolChoice };
  const names = namesIn(toolChoice);
  const isForced = !isSome || toolChoice.required === true;
  return {
    tools: tools?.filter(({ name }) => names.includes(name)),
    toolChoice: isForced ? 'required' : undefined,
  };
}

function checkCapabilities(
  options: Omit<ChatOptions, 'tools'> & { tools: readonly ToolDefinition[] | undefined },
  messages: readonly ChatMessage[],
  {
    provider,
    model,
    metadata,
  }: { readonly provider: string; readonly model: string; readonly metadata: LLMMetadata },
): void {
  const { tools, toolChoice, responseFormat, stop = [] } = options;
  const { capabilities } = metadata;
  const { structuredOutput = 'native', inputModalities } = capabilities;
  const refuse = (what: string, remedy: string): never => {
    throw new MortiseError('unsupported', `${model} does not take ${what}. ${remedy}`, { provider, model });
  };
  if (tools !== undefined && capabilities.tools === false)
    refuse('tools', 'Use a model that does, or leave them out.');
  if (capabilities.toolChoice === false && toolChoice !== undefined && toolChoice !== 'auto')
    refuse('toolChoice', 'Leave it out, or use "auto".');
  for (const setting of [toolChoice, responseFormat]) {
    const { type = 'text' } = Object(setting) as { readonly type?: string };
    if (type !== 'text' && type !== 'json' && capabilities.ownSettings?.includes(type) !== true)
      refuse(type, 'It is of a later version, or of another integration.');
  }
  if (responseFormat?.type === 'json' && structuredOutput !== 'native')
    refuse('responseFormat', 'Use structured(), which finds another way.');
  if (stop.length > 0 && capabilities.stop === false)
    refuse('stop sequences', 'Leave stop out and cut the text yourself.');
  if (inputModalities === undefined) return;
  for (const message of messages) {
    for (const { type } of blocksOf(message)) {
      const isMedia = ['image', 'document', 'audio', 'video'].includes(type);
      if (isMedia && !inputModalities.includes(type)) {
        refuse(`${type} blocks`, `It takes ${inputModalities.join(', ')}. Turn the ${type} into text first.`);
      }
    }
  }
}
