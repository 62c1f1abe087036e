import { MortiseError, type ChatRequest, type ToolChoice, type Warning } from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { OURS, partOf, THEIRS, type Part } from '../read.ts';
import type { AISDKLanguageCall } from '../spec.ts';
import type { Writing } from './parts.ts';
import { promptFrom } from './prompt.ts';

/** A request as one call of their model. What `providerOptions['ai-sdk']` holds comes last: members of their call. */
export function callFrom(request: ChatRequest, writing: Writing): AISDKLanguageCall & Part {
  const { [THEIRS]: own, ...given } = request.providerOptions ?? {};
  const { tools: ownTools, prompt: _prompt, abortSignal: _signal, ...members } = partOf(own);
  const thinking = writing.isOurs ? ourOptions(request) : reasoningFrom(request.reasoning, writing);
  const tools = [...toolsFrom(request, writing), ...(Array.isArray(ownTools) ? (ownTools as unknown[]) : [])];
  return {
    prompt: promptFrom(request.messages, writing),
    ...defined({
      maxOutputTokens: request.maxOutputTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: request.stop === undefined ? undefined : [...request.stop],
      seed: seedFrom(request, writing),
      responseFormat: formatFrom(request, writing),
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: choiceFrom(request.toolChoice),
      reasoning: thinking.reasoning,
      providerOptions: optionsFrom(given, thinking.options, writing.isOurs ? OURS : writing.provider),
    }),
    ...members,
  };
}

function toolsFrom({ tools = [] }: ChatRequest, { version, provider, warn }: Writing): Part[] {
  return tools.map(({ name, description, parameters: inputSchema, strict }) => {
    const tool = { type: 'function', name, description, inputSchema };
    if (version !== 'v2') return defined({ ...tool, strict });
    const message = `strict of the tool ${name} was left out: specification V2, which ${provider} is of, has none.`;
    if (strict !== undefined) warn({ type: 'unsupported-setting', setting: 'tools.strict', message });
    return defined(tool);
  });
}

function seedFrom({ seed }: ChatRequest, { capabilities, provider, warn }: Writing): number | undefined {
  if (seed === undefined || capabilities.seed !== false) return seed;
  warn({
    type: 'unsupported-setting',
    setting: 'seed',
    message: `seed was left out: ${provider} takes none.`,
  });
  return undefined;
}

function formatFrom({ responseFormat: format }: ChatRequest, { provider, warn }: Writing): Part | undefined {
  if (format?.type !== 'json') return undefined;
  const { schema, description } = format;
  if (provider === 'anthropic' && schema === undefined) {
    const message = `${provider} makes JSON only by a schema. Give one, or ask for JSON in the prompt.`;
    throw new MortiseError('unsupported', message, { provider });
  }
  if (provider === 'google' && description !== undefined) {
    const message = `The description of a structured reply was left out: ${provider} takes none.`;
    warn({ type: 'unsupported-setting', setting: 'responseFormat.description', message });
  }
  return defined({ ...format });
}

/** Core has made of a subset what stands here, and refused what is another integration's. */
function choiceFrom(choice: ToolChoice | undefined): Part | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') return { type: choice };
  return 'tool' in choice ? { type: 'tool', toolName: choice.tool } : { type: 'required' };
}

type ReasoningOptions = NonNullable<ChatRequest['reasoning']>;

/** To a model of ours: as it was asked. */
function ourOptions({ reasoning, strict }: ChatRequest): Thinking {
  const options = defined({ reasoning: reasoning && defined(reasoning), strict: strict || undefined });
  return Object.keys(options).length === 0 ? {} : { options };
}

interface Thinking {
  readonly reasoning?: string;
  /** For the key of their provider. */
  readonly options?: Part;
}

/** The words of `reasoning` in V4. */
const EFFORTS = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** V4 has a word for the effort; for all else there are only the providers' own options. */
function reasoningFrom(asked: ReasoningOptions | undefined, writing: Writing): Thinking {
  if (asked === undefined) return {};
  const { effort, budgetTokens, summary } = asked;
  const { version, provider, api } = writing;
  const isWord = effort !== undefined && version === 'v4' && EFFORTS.has(effort);
  const own =
    (OWN[api] ?? OWN[provider])?.({ effort: isWord ? undefined : effort, budgetTokens, summary }) ?? {};
  const missing = { effort: isWord ? undefined : effort, budgetTokens, summary };
  for (const [name, value] of Object.entries(missing))
    if (value !== undefined && own[name] === undefined)
      writing.warn(unknownSetting(`reasoning.${name}`, provider));
  const options = Object.assign({}, ...Object.values(own)) as Part;
  return {
    ...(isWord ? { reasoning: effort } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}

function unknownSetting(setting: string, provider: string): Warning {
  const message = `${setting} was left out: ${provider} is not known to take any. Give its own option in providerOptions.`;
  return { type: 'unsupported-setting', setting, message };
}

type Own = { readonly [name: string]: Part | undefined };

/** What some providers call it, by what is asked. */
const OWN: { readonly [provider: string]: (asked: ReasoningOptions) => Own } = {
  'openai.chat': ({ effort }) => ({ effort: effort === undefined ? undefined : { reasoningEffort: effort } }),
  openai: ({ effort, summary }) => ({
    effort: effort === undefined ? undefined : { reasoningEffort: effort },
    summary: summary === undefined ? undefined : { reasoningSummary: summary },
  }),
  anthropic: ({ effort, budgetTokens }) => ({
    effort:
      effort === undefined ? undefined : effort === 'none' ? { thinking: { type: 'disabled' } } : { effort },
    budgetTokens: budgetTokens === undefined ? undefined : { thinking: { type: 'enabled', budgetTokens } },
  }),
  google: ({ effort, budgetTokens, summary }) => {
    const thinkingConfig = defined({
      thinkingLevel: effort === 'none' ? undefined : effort,
      thinkingBudget: budgetTokens ?? (effort === 'none' ? 0 : undefined),
      includeThoughts: summary === undefined ? undefined : true,
    });
    const said = { thinkingConfig };
    return {
      effort: effort === undefined ? undefined : said,
      budgetTokens: budgetTokens === undefined ? undefined : said,
      summary: summary === undefined ? undefined : said,
    };
  },
};

/** The caller's options win, member by member. */
function optionsFrom(
  given: { readonly [provider: string]: unknown },
  thinking: Part | undefined,
  provider: string,
): Part | undefined {
  const all: { [provider: string]: unknown } = Object.fromEntries(
    Object.entries(given).filter(([, value]) => isObject(value)),
  );
  if (thinking !== undefined) all[provider] = { ...thinking, ...partOf(all[provider]) };
  return Object.keys(all).length === 0 ? undefined : all;
}
