import { defined, base64Of } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import {
  blocksOf,
  isKnownBlock,
  type AudioBlock,
  type ChatMessage,
  type ChatRequest,
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type ResponseFormat,
  type ToolChoice,
  type ToolDefinition,
  type ToolResultBlock,
} from '@mortise/core/llm';
import {
  cacheBreakpoint,
  chosenTools,
  dataUrl,
  documentText,
  fileName,
  formatSchema,
  leaveOut,
  NO_CACHE_POINT,
  noteDocument,
  noteStranger,
  ownItem,
  toolSchema,
  unsupported,
  urlOf,
  withProviderOptions,
  type WireBody,
  type WireContext,
} from './convert.ts';
import { toAssistantMessage } from './convert-chat-assistant.ts';

export interface ChatCompletionsContext extends WireContext {
  /** Some vendors know only the older name. Default: `max_completion_tokens`. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
}

/** The body of `POST /chat/completions`, without `stream`. Throws `unsupported` for what the wire cannot carry. */
export function toChatCompletionsRequest(request: ChatRequest, context: ChatCompletionsContext): WireBody {
  return toBody(request, context, {});
}

function toBody(request: ChatRequest, context: ChatCompletionsContext, more: WireBody): WireBody {
  const { reasoning, toolChoice, responseFormat, maxOutputTokens } = request;
  if (reasoning?.budgetTokens !== undefined) {
    leaveOut(request, context, 'reasoning.budgetTokens', 'OpenAI takes an effort, not a budget.');
  }
  if (reasoning?.summary !== undefined) {
    leaveOut(request, context, 'reasoning.summary', 'only the Responses API gives summaries.');
  }
  const body = defined({
    model: context.model,
    messages: request.messages.flatMap((message) => toWireMessages(message, request, context)),
    tools: request.tools?.map((tool) => toTool(tool, request, context)),
    tool_choice: toolChoice === undefined ? undefined : toToolChoice(toolChoice),
    response_format: responseFormat === undefined ? undefined : toResponseFormat(responseFormat, context),
    temperature: request.temperature,
    top_p: request.topP,
    [context.maxTokensField ?? 'max_completion_tokens']: maxOutputTokens,
    stop: request.stop,
    seed: request.seed,
    reasoning_effort: reasoning?.effort,
    ...more,
  });
  return withProviderOptions(body, request, context);
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

function toTool(tool: ToolDefinition, request: ChatRequest, context: WireContext): WireBody {
  const { name, description } = tool;
  const { parameters, strict } = toolSchema(tool, request, context);
  return { type: 'function', function: defined({ name, description, parameters, strict }) };
}

function toToolChoice(choice: ToolChoice): unknown {
  const named = (name: string): WireBody => ({ type: 'function', function: { name } });
  return chosenTools(choice, named, (allowed) => ({ type: 'allowed_tools', allowed_tools: allowed }));
}

function toResponseFormat(format: ResponseFormat, context: WireContext): WireBody | undefined {
  if (format.type !== 'json') return { type: 'text' };
  const { schema, name = 'response', description } = format;
  if (schema === undefined) return { type: 'json_object' };
  return {
    type: 'json_schema',
    json_schema: defined({ name, description, ...formatSchema(schema, context) }),
  };
}

const FAILED = 'The tool failed.';

/** Tool results are messages of their own on this wire, so one message may become several. */
function toWireMessages(
  message: ChatMessage,
  request: ChatRequest,
  context: ChatCompletionsContext,
): WireBody[] {
  if (message.role === 'assistant') return [toAssistantMessage(message, request, context)];
  if (typeof message.content === 'string' && message.role !== 'tool') {
    return [defined({ role: message.role, content: message.content, name: message.name })];
  }
  const messages: WireBody[] = [];
  let others: ContentBlock[] = [];
  const flush = (): void => {
    const content = toContent(others, message.role, request, context);
    others = [];
    if (content !== undefined) messages.push(defined({ role: message.role, content, name: message.name }));
  };
  for (const block of blocksOf(message)) {
    if (block.type !== 'tool-result') {
      others.push(block);
      continue;
    }
    flush();
    messages.push(toToolMessage(block, request, context));
  }
  flush();
  return messages;
}

/** The wire has no field for a failure: a result that says nothing of it says so. */
function toToolMessage(
  { toolCallId, content, isError }: ToolResultBlock,
  request: ChatRequest,
  context: WireContext,
): WireBody {
  const parts =
    typeof content === 'string' ? content : (toContent(content, 'tool-result', request, context) ?? '');
  return {
    role: 'tool',
    tool_call_id: toolCallId,
    content: isError === true && parts === '' ? FAILED : parts,
  };
}

/** A single plain text as a string, which every vendor takes; anything else as parts; nothing as undefined. */
function toContent(
  blocks: readonly ContentBlock[],
  place: ChatMessage['role'] | 'tool-result',
  request: ChatRequest,
  context: WireContext,
): string | WireBody[] | undefined {
  const parts: WireBody[] = [];
  for (const block of blocks) {
    if (block.type === 'cache-point') {
      const last = parts.at(-1);
      if (context.capabilities?.caching !== true) leaveOut(request, context, 'cache-point', NO_CACHE_POINT);
      else if (last !== undefined) last['prompt_cache_breakpoint'] = cacheBreakpoint(block.ttl);
      continue;
    }
    const part = toPart(block, place, request, context);
    if (part !== undefined) parts.push(part);
  }
  const [only] = parts;
  if (only === undefined) return undefined;
  return parts.length === 1 && only['type'] === 'text' && Object.keys(only).length === 2
    ? (only['text'] as string)
    : parts;
}

function toPart(
  block: ContentBlock,
  place: ChatMessage['role'] | 'tool-result',
  request: ChatRequest,
  context: WireContext,
): WireBody | undefined {
  if (place === 'tool') {
    const message = `A tool message holds tool-result blocks, not ${block.type}: say which call it answers by toolCallId.`;
    throw new MortiseError('invalid-request', message, { provider: context.provider, model: context.model });
  }
  if (!isKnownBlock(block)) {
    const item = place === 'user' ? ownItem(block, context) : undefined;
    if (item === undefined) noteStranger(block, context);
    // A copy, since a cache point may mark it.
    return item === undefined ? undefined : { ...item };
  }
  const isMedia =
    block.type === 'image' ||
    block.type === 'audio' ||
    block.type === 'video' ||
    (block.type === 'document' && !('text' in block.source));
  if (isMedia && place !== 'user') {
    const where = place === 'tool-result' ? 'tool results' : `${place} messages`;
    throw unsupported(
      context,
      `${block.type} blocks in ${where} over Chat Completions`,
      'Put them into a user message, or use the Responses API.',
    );
  }
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'image':
      return toImagePart(block);
    case 'audio':
      return toAudioPart(block, context);
    case 'video':
      throw unsupported(context, 'video', 'Give images of it.');
    case 'document':
      return toDocumentPart(block, request, context);
    default:
      return undefined;
  }
}

function toImagePart({ source, detail }: ImageBlock): WireBody {
  return { type: 'image_url', image_url: defined({ url: urlOf(source), detail }) };
}

const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
]);

function toAudioPart({ source }: AudioBlock, context: WireContext): WireBody {
  if ('url' in source) throw unsupported(context, 'audio by its URL', 'Give its bytes.');
  const format = AUDIO_FORMATS.get(source.mediaType);
  if (format === undefined) throw unsupported(context, source.mediaType, 'Give audio/wav or audio/mpeg.');
  return { type: 'input_audio', input_audio: { data: base64Of(source.data), format } };
}

function toDocumentPart(block: DocumentBlock, request: ChatRequest, context: WireContext): WireBody {
  const { source, title } = block;
  noteDocument(block, request, context);
  if ('text' in source) return { type: 'text', text: documentText(block, source.text) };
  if ('url' in source)
    throw unsupported(
      context,
      'a document by its URL over Chat Completions',
      'Give its bytes, or use the Responses API.',
    );
  const { mediaType, data } = source;
  return {
    type: 'file',
    file: { filename: fileName(title, mediaType), file_data: dataUrl(mediaType, data) },
  };
}
