import { MortiseError, type Warning } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  BaseLLM,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type LLMMetadata,
  type LLMSettings,
} from '@mortise/core/llm';
import { checkOptions, defined, isObject, reading } from '@mortise/core/shared';
import { requestNotes, type About, type RequestNotes, type Secrets } from '@mortise/core/wire';
import { OWNER } from './blocks.ts';
import { settingsOf, toCallOptions, type LangChainSettings } from './call-options.ts';
import type { LangChainChatModel } from './contract.ts';
import { fromThrown } from './errors.ts';
import { leaveOutBlock, leaveOutDescriptions, leaveOutSettings } from './left-out.ts';
import { fromReply } from './reply.ts';
import { secretsOf } from './secrets.ts';
import { ChunkReader } from './stream.ts';
import { toMessages } from './to-messages.ts';
import { countOf, objectOf, OUR_TYPE, textOf, type Members } from './values.ts';

/** Options of a call, under the key `langchain`: they are those of `invoke`, and win over what is made of the request. */
export type LangChainProviderOptions = {
  langchain?: { [option: string]: unknown } | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** How a chat model of theirs is taken. All have defaults. */
export interface FromLangChainModelOptions extends LLMSettings {
  /** Default: what the model says, else its type. */
  model?: string | undefined;
  /** What is known of the model, over what its `profile` says. */
  metadata?: Partial<LLMMetadata> | undefined;
  /**
   * Makes the model for a call that has settings which LangChain.js takes at construction: a temperature, a seed. Default:
   * they are left out with a warning, or refused under `strict`.
   */
  withSettings?: ((settings: LangChainSettings) => LangChainChatModel) | undefined;
  /** What `withSettings` sees to; the rest is left out as without it. Default: all of them. */
  settings?: readonly (keyof LangChainSettings)[] | undefined;
  /**
   * Every whole reply of this model says why it ended, so that a stream which ends without is `stream-truncated`. Default:
   * true for the integrations of LangChain's own that were seen to say it; elsewhere such a reply is whole, with a warning.
   */
  saysWhyItEnds?: boolean | undefined;
}

/** A chat model of LangChain.js. It makes one attempt; `fromLangChain` makes it. */
export class LangChainLLM extends BaseLLM<LangChainProviderOptions> {
  readonly metadata: LLMMetadata;
  readonly #model: Callable;
  readonly #options: Pick<FromLangChainModelOptions, 'withSettings' | 'settings'>;
  readonly #secrets: Secrets;
  readonly #saysWhy: boolean;
  readonly #isOurs: boolean;

  constructor(model: LangChainChatModel, given: FromLangChainModelOptions = {}) {
    const options = checkOptions(given, 'configuration');
    const type = reading('The model', () => model._llmType(), 'configuration');
    super({
      ...options,
      provider: OWNER,
      model: options.model ?? nameOf(model, type),
      baseURL: `${OWNER}://${type}`,
    });
    this.#model = model as unknown as Callable;
    this.#options = { withSettings: options.withSettings, settings: options.settings };
    this.#secrets = secretsOf(model);
    this.#isOurs = type === OUR_TYPE;
    this.#saysWhy = options.saysWhyItEnds ?? SAY_WHY.has(type);
    this.metadata = reading('metadata', () => metadataOf(model, options), 'configuration');
  }

  async doGenerate(request: ChatRequest<LangChainProviderOptions>, attempt: Attempt): Promise<ChatReply> {
    const { model, messages, options } = this.#prepare(request, attempt);
    const message = await this.#asking(() => model.invoke(messages, options));
    const { isSaid, ...reply } = fromReply(message, this.#about);
    if (!isSaid) attempt.warn(UNSAID);
    return reply;
  }

  override async doStream(
    request: ChatRequest<LangChainProviderOptions>,
    attempt: Attempt,
  ): Promise<AsyncIterable<ChatStreamEvent[]>> {
    const { model, messages, options } = this.#prepare(request, attempt);
    const stream = await this.#asking(() => model.stream(messages, options));
    return this.#events(stream, attempt);
  }

  async *#events(stream: AsyncIterable<unknown>, attempt: Attempt): AsyncGenerator<ChatStreamEvent[]> {
    const reader = new ChunkReader(this.#about);
    let isEnding = false;
    const iterator = await this.#asking(async () => stream[Symbol.asyncIterator]());
    try {
      for (;;) {
        const next = await this.#asking(() => iterator.next());
        if (next.done === true) break;
        const events: ChatStreamEvent[] = [];
        reader.push(next.value, events);
        // The word for the end is no event, and says something all the same.
        if (reader.isSaid && !isEnding) attempt.touch();
        isEnding = reader.isSaid;
        if (events.length > 0) yield events;
      }
    } finally {
      // Not awaited: a stream that is stuck would be stuck here too.
      Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
    // Core says that it was cut. Where nothing came at all, it was no stream of theirs.
    if (reader.isBegun && !reader.isSaid && this.#saysWhy) return;
    const events: ChatStreamEvent[] = [];
    reader.finish(events);
    if (!reader.isSaid) attempt.warn(UNSAID);
    yield events;
  }

  #prepare(request: ChatRequest<LangChainProviderOptions>, attempt: Attempt) {
    const isOurs = this.#isOurs;
    const given = { signal: attempt.signal, about: this, isOurs };
    const { tools, options, toolOptions } = toCallOptions(request, given);
    const warn = (warning: Warning): void => attempt.warn(warning);
    const notes = requestNotes(OWNER, request, { model: this.model, warn });
    // Ours read the metadata.
    if (!isOurs) leaveOutDescriptions(request, notes);
    const messages = toMessages(request.messages, {
      forModel: true,
      leftOut: ({ type }) => leaveOutBlock(type, notes),
    });
    const model = this.#modelFor(request, notes);
    if (tools === undefined) return { model, messages, options: { ...toolOptions, ...options } };
    if (typeof model.bindTools !== 'function')
      throw new MortiseError(
        'unsupported',
        `${this.model} has no bindTools. Leave the tools out, or use another model.`,
        this,
      );
    return { model: model.bindTools(tools, toolOptions), messages, options };
  }

  #modelFor(request: ChatRequest, notes: RequestNotes): Callable {
    const { withSettings, settings: names } = this.#options;
    const asked = Object.entries(settingsOf(request)) as [keyof LangChainSettings, unknown][];
    const isSeenTo = ([name]: (typeof asked)[number]): boolean =>
      withSettings !== undefined && names?.includes(name) !== false;
    const rest = asked.filter((setting) => !isSeenTo(setting)).map(([name]) => name);
    leaveOutSettings(rest, notes);
    const taken = asked.filter(isSeenTo);
    if (taken.length === 0 || withSettings === undefined) return this.#model;
    return withSettings(Object.fromEntries(taken)) as unknown as Callable;
  }

  get #about(): About {
    return { provider: this.provider, model: this.model, secrets: this.#secrets };
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (thrown) {
      throw fromThrown(thrown, this.#about);
    }
  }
}

/** What is called of a model, or of one with tools bound to it. */
interface Callable {
  invoke(messages: unknown, options: unknown): Promise<unknown>;
  stream(messages: unknown, options: unknown): Promise<AsyncIterable<unknown>>;
  bindTools?(tools: unknown, options: unknown): Callable;
}

/** Types (`_llmType()`) of models whose every whole reply was seen to say why it ended. */
const SAY_WHY: ReadonlySet<string> = new Set(['openai', 'anthropic', 'azure_openai']);

const UNSAID = {
  type: 'other',
  message:
    'The model did not say why its reply ended: it is taken as whole. Set saysWhyItEnds where it always says so.',
} as const;

function nameOf(model: LangChainChatModel, type: string): string {
  const { model: name, modelName, modelId } = objectOf(model);
  return textOf(name) ?? textOf(modelName) ?? textOf(modelId) ?? type;
}

/** From their `profile`, where the model has one; what bridges cannot do is `false`. */
function metadataOf(model: LangChainChatModel, { metadata }: FromLangChainModelOptions): LLMMetadata {
  const profile = profileOf(model);
  const takesTools = typeof model.bindTools === 'function' && profile['toolCalling'] !== false;
  const inputs = [
    ['image', 'imageInputs'],
    ['document', 'pdfInputs'],
    ['audio', 'audioInputs'],
    ['video', 'videoInputs'],
  ] as const;
  const known = inputs.some(([, name]) => profile[name] !== undefined);
  return defined({
    contextWindow: countOf(profile['maxInputTokens']),
    maxOutputTokens: countOf(profile['maxOutputTokens']),
    isChatModel: true,
    ...metadata,
    capabilities: defined({
      ...{ streaming: true, tools: takesTools, stop: true, usageInStreams: true, parallelTools: takesTools },
      toolChoice: takesTools && profile['toolChoice'] !== false,
      structuredOutput: profile['structuredOutput'] === true ? 'native' : takesTools ? 'tool' : 'prompt',
      reasoning: typeof profile['reasoningOutput'] === 'boolean' ? profile['reasoningOutput'] : undefined,
      inputModalities: known
        ? ['text', ...inputs.flatMap(([type, name]) => (profile[name] === true ? [type] : []))]
        : undefined,
      ...metadata?.capabilities,
    } as const),
  } as const);
}

function profileOf(model: object): Members {
  const { profile } = model as { readonly profile?: unknown };
  return isObject(profile) ? objectOf(profile) : {};
}
