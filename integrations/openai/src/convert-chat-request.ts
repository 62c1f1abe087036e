import { base64Of, defined } from '@mortise/core/shared';
import type { ChatRequest } from '@mortise/core/llm';
import {
  chosenTools,
  leaveOut,
  toFormat,
  toFunction,
  unsupported,
  withProviderOptions,
  type WireBody,
  type WireContext,
} from './convert.ts';
import { toAssistantMessage } from './convert-chat-assistant.ts';
import { fileName, textOrParts, toTurns, urlOf, type ContentWire } from './convert-content.ts';

export interface ChatCompletionsContext extends WireContext {
  /** Some vendors know only the older name. Default: `max_completion_tokens`. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
}

/** The body of `POST /chat/completions`, without `stream`. Throws `unsupported` for what the wire cannot carry. */
export function toChatCompletionsRequest(request: ChatRequest, context: ChatCompletionsContext): WireBody {
  return toBody(request, context, {});
}

/**
 * The same, asking for a stream that ends with its usage. Some servers refuse to be asked: `capabilities.usageInStreams:
 * false`, or `stream_options: null` among the provider's options, leaves it out.
 */
export function toChatCompletionsStreamRequest(
  request: ChatRequest,
  context: ChatCompletionsContext,
): WireBody {
  const asked =
    context.capabilities?.usageInStreams === false ? {} : { stream_options: { include_usage: true } };
  return { ...toBody(request, context, asked), stream: true };
}

function toBody(request: ChatRequest, context: ChatCompletionsContext, more: WireBody): WireBody {
  const { reasoning, toolChoice, responseFormat } = request;
  if (reasoning?.budgetTokens !== undefined)
    leaveOut(request, context, 'reasoning.budgetTokens', 'OpenAI takes an effort, not a budget.');
  if (reasoning?.summary !== undefined)
    leaveOut(request, context, 'reasoning.summary', 'only the Responses API gives summaries.');
  const body = defined({
    model: context.model,
    messages: request.messages.flatMap((message) =>
      message.role === 'assistant'
        ? [toAssistantMessage(message, request, context)]
        : toTurns(message, CHAT, request, context),
    ),
    tools: request.tools?.map((tool) => ({ type: 'function', function: toFunction(tool, request, context) })),
    tool_choice: toolChoice && chosenTools(toolChoice, named, allowed),
    response_format: responseFormat && nested(toFormat(responseFormat, context)),
    temperature: request.temperature,
    top_p: request.topP,
    [context.maxTokensField ?? 'max_completion_tokens']: request.maxOutputTokens,
    stop: request.stop,
    seed: request.seed,
    reasoning_effort: reasoning?.effort,
    ...more,
  });
  return withProviderOptions(body, request, context);
}

const named = (name: string): WireBody => ({ type: 'function', function: { name } });
const allowed = (tools: WireBody): WireBody => ({ type: 'allowed_tools', allowed_tools: tools });

function nested({ type, ...format }: WireBody): WireBody {
  return type === 'json_schema' ? { type, json_schema: format } : { type };
}

const CHAT: ContentWire = {
  text: 'text',
  places: ['user'],
  message: ({ role, name }, content) =>
    defined({ role, content: typeof content === 'string' ? content : textOrParts(content), name }),
  result: (id, content) => ({ role: 'tool', tool_call_id: id, content }),
  media(block, _place, context) {
    const { source } = block;
    if (block.type === 'image')
      return { type: 'image_url', image_url: defined({ url: urlOf(source), detail: block.detail }) };
    if (block.type === 'video') throw unsupported(context, 'video', 'Give images of it.');
    if ('url' in source)
      throw unsupported(context, `${block.type} by its URL over Chat Completions`, 'Give its bytes.');
    const { mediaType, data } = source;
    if (block.type === 'document')
      return { type: 'file', file: { filename: fileName(block.title, mediaType), file_data: urlOf(source) } };
    const [, format] = /^audio\/(?:x-)?(wav|mp3|mpeg|wave)$/.exec(mediaType) ?? [];
    if (format === undefined) throw unsupported(context, mediaType, 'Give audio/wav or audio/mpeg.');
    return {
      type: 'input_audio',
      input_audio: { data: base64Of(data), format: format.startsWith('wav') ? 'wav' : 'mp3' },
    };
  },
};
