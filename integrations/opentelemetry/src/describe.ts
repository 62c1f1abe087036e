import { isMortiseError } from '@mortise/core';
import { EVENT_NAMES, type Attributes as EventAttributes, type MortiseEvent } from '@mortise/core/events';
import { SpanKind, type Attributes } from '@opentelemetry/api';
import * as names from './names.ts';
import { numberOf, recordOf, textOf } from './read.ts';

/** The end of an operation, whichever. */
export type EndEvent = Extract<MortiseEvent, { phase: 'end' | 'error' }>;

/** A span as it begins. */
export interface Described {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** What an operation of ours is in the conventions. Those that are not in here are spans of our own, without a name of `gen_ai`. */
interface Operation {
  readonly operation: string;
  readonly kind: SpanKind;
  /** What stands behind the operation in the span's name. */
  readonly target: (attributes: EventAttributes) => unknown;
  /** Besides what is said of all of them. */
  readonly start?: (attributes: EventAttributes) => Attributes;
}

const model = ({ model }: EventAttributes): unknown => model;

const inference = (operation: string): Operation => ({
  operation,
  kind: SpanKind.CLIENT,
  target: model,
  start: (said) => ({
    [names.REQUEST_STREAM]: said['streamed'] === true ? true : undefined,
    [names.REQUEST_TEMPERATURE]: numberOf(said['temperature']),
    [names.REQUEST_TOP_P]: numberOf(said['topP']),
    [names.REQUEST_MAX_TOKENS]: numberOf(said['maxOutputTokens']),
    [names.REQUEST_SEED]: numberOf(said['seed']),
    [names.OUTPUT_TYPE]: textOf(said['responseFormat']),
    'mortise.request.tools': numberOf(said['tools']),
    'mortise.request.reasoning_effort': textOf(said['effort']),
  }),
});

const workflow = (name: string): Operation => ({
  operation: 'invoke_workflow',
  kind: SpanKind.INTERNAL,
  target: () => name,
  start: (said) => ({ [names.WORKFLOW_NAME]: name, ...ours(said) }),
});

const OPERATIONS = /* @__PURE__ */ operations();

function operations(): Readonly<Record<string, Operation>> {
  return {
    'llm.chat': inference('chat'),
    'llm.complete': inference('text_completion'),
    'embedding.batch': {
      operation: 'embeddings',
      kind: SpanKind.CLIENT,
      target: model,
      start: ({ kind, inputs }) => ours({ kind, inputs }),
    },
    'retriever.retrieve': {
      operation: 'retrieval',
      kind: SpanKind.CLIENT,
      target: ({ retriever }) => retriever,
      start: ({ topK, ...said }) => ({ [names.REQUEST_TOP_K]: numberOf(topK), ...ours(said) }),
    },
    // The registry has no word for it, and takes others as values of an operation.
    'reranker.rerank': {
      operation: 'rerank',
      kind: SpanKind.CLIENT,
      target: model,
      start: ({ documents, topN }) => ours({ documents, topN }),
    },
    'tool.execute': {
      operation: 'execute_tool',
      kind: SpanKind.INTERNAL,
      target: ({ tool }) => tool,
      start: ({ tool, toolCallId, step }) => ({
        [names.TOOL_NAME]: textOf(tool),
        [names.TOOL_CALL_ID]: textOf(toolCallId),
        [names.TOOL_TYPE]: 'function',
        'mortise.step': numberOf(step),
      }),
    },
    'run-tools': {
      operation: 'invoke_agent',
      kind: SpanKind.INTERNAL,
      target: ({ agent }) => agent,
      start: ({ agent, run, tools, resumed }) => ({
        [names.AGENT_NAME]: textOf(agent),
        ...ours({ run, tools, resumed }),
      }),
    },
    query: workflow('query'),
    chat: workflow('chat'),
  };
}

/** The name, the kind and the attributes of a span by its start. */
export function described({ name, attributes }: MortiseEvent): Described {
  if (name === 'mcp.call') return mcpCall(attributes);
  const known = OPERATIONS[name];
  if (known === undefined) {
    // What an application names itself keeps its own names.
    const own = Object.hasOwn(EVENT_NAMES, name) ? ours(attributes) : plain(attributes, '');
    const of = textOf(attributes['postprocessor']) ?? textOf(attributes['parser']);
    return { name: of === undefined ? name : `${name} ${of}`, kind: SpanKind.INTERNAL, attributes: own };
  }
  const { operation, kind, target, start } = known;
  const of = textOf(target(attributes));
  return {
    name: of === undefined ? operation : `${operation} ${of}`,
    kind,
    attributes: defined({
      [names.OPERATION]: operation,
      ...whom(attributes),
      ...start?.(attributes),
    }),
  };
}

function mcpCall({ method, tool, server }: EventAttributes): Described {
  const calls = textOf(tool);
  const attributes = defined({
    ...mcpAttributes({ method, server }),
    [names.TOOL_NAME]: calls,
    [names.OPERATION]: calls === undefined ? undefined : 'execute_tool',
  });
  return {
    name: calls === undefined ? String(method) : `${String(method)} ${calls}`,
    kind: SpanKind.CLIENT,
    attributes,
  };
}

/** What a call of MCP adds to the span of the tool that it is. */
export function mcpAttributes({ method, server }: EventAttributes): Attributes {
  return defined({ [names.MCP_METHOD]: textOf(method), 'mortise.mcp.server': textOf(server) });
}

/** The provider, the model and the server. Also of metrics. */
export function whom(said: EventAttributes): Attributes {
  const provider = textOf(said['provider']);
  return defined({
    [names.PROVIDER]: provider === undefined ? undefined : names.providerName(provider, said['address']),
    [names.REQUEST_MODEL]: textOf(said['model']),
    [names.SERVER_ADDRESS]: textOf(said['address']),
    [names.SERVER_PORT]: numberOf(said['port']),
    'mortise.server': textOf(said['server']),
  });
}

/** What an operation is called in the conventions, for metrics. */
export function operationOf(name: string): string | undefined {
  return OPERATIONS[name]?.operation;
}

/** What the end of an operation adds. */
export function ended(event: EndEvent): Attributes {
  const { name, attributes: said } = event;
  const firstTokenMs = numberOf(said['firstTokenMs']);
  const own = {
    ...usageOf(said),
    [names.RESPONSE_ID]: textOf(said['responseId']),
    [names.RESPONSE_MODEL]: textOf(said['answeredBy']),
    [names.RESPONSE_FINISH_REASONS]: reasons(said['finishReason']),
    [names.RESPONSE_TIME_TO_FIRST_CHUNK]: firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    'mortise.stream.left': said['left'] === true ? true : undefined,
  };
  switch (name) {
    case 'llm.chat':
    case 'llm.complete':
      return defined({ ...own, 'mortise.time_per_output_token': perToken(event) });
    case 'embedding.batch':
      return defined({ ...own, [names.EMBEDDINGS_DIMENSIONS]: numberOf(said['dimensions']) });
    case 'reranker.rerank':
    case 'run-tools': {
      const { results, ended: end, steps, approvals } = said;
      return defined({ ...own, ...ours({ results, ended: end, steps, approvals }) });
    }
    case 'tool.execute':
      return {};
    case 'retriever.retrieve':
      return ours({ nodes: said['nodes'] });
    default:
      return Object.hasOwn(EVENT_NAMES, name) ? ours(said) : plain(said, '');
  }
}

/** Tokens, in and out, of whatever has them. */
export function usageOf(said: EventAttributes): Attributes {
  const usage = recordOf(said['usage']);
  return {
    [names.USAGE_INPUT_TOKENS]: numberOf(usage['inputTokens']) ?? numberOf(said['inputTokens']),
    [names.USAGE_OUTPUT_TOKENS]: numberOf(usage['outputTokens']),
    [names.USAGE_CACHE_READ]: numberOf(usage['cachedInputTokens']),
    [names.USAGE_CACHE_CREATION]: numberOf(usage['cacheWriteTokens']),
    [names.USAGE_REASONING]: numberOf(usage['reasoningTokens']),
  };
}

function reasons(reason: unknown): string[] | undefined {
  return typeof reason === 'string' ? [reason] : undefined;
}

/** Seconds a token after the first content of a stream, where the provider told how many there were. */
function perToken({ attributes, durationMs }: EndEvent): number | undefined {
  const firstTokenMs = numberOf(attributes['firstTokenMs']);
  const tokens = numberOf(recordOf(attributes['usage'])['outputTokens']);
  if (firstTokenMs === undefined || tokens === undefined || tokens < 2) return undefined;
  return (durationMs - firstTokenMs) / 1000 / (tokens - 1);
}

/** A class of errors, not its words. */
export function errorType(error: unknown): string {
  if (isMortiseError(error)) return error.code;
  const name = textOf(recordOf(error)['name']);
  return name === undefined || name === '' ? '_OTHER' : name;
}

/** A point, as an event of a span. Words of a warning may be of what was said. */
export function pointAttributes({ name, attributes }: MortiseEvent): Attributes {
  if (name !== 'warning') return ours(attributes);
  const { message: _message, item: _item, ...rest } = attributes;
  return ours(rest);
}

/** Attributes under our own name, in the conventions' spelling: `waitedMs` is `mortise.waited_ms`. */
function ours(said: EventAttributes): Attributes {
  return plain(said, 'mortise.');
}

function plain(said: EventAttributes, prefix: string): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(said)) {
    if (typeof value !== 'string' && typeof value !== 'boolean' && numberOf(value) === undefined) continue;
    attributes[prefix === '' ? key : prefix + spelled(key)] = value;
  }
  return attributes;
}

function spelled(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
