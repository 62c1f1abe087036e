import { isMortiseError } from '@mortise/core';
import { EVENT_NAMES, type Attributes as EventAttributes, type MortiseEvent } from '@mortise/core/events';
import { errorName } from '@mortise/core/shared';
import { SpanKind, type Attributes } from '@opentelemetry/api';
import * as names from './names.ts';
import { numberOf, recordOf, wordOf } from './read.ts';

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
  /** Puts down what is said of it besides. */
  readonly start?: (into: Attributes, said: EventAttributes) => void;
}

const model = (said: EventAttributes): unknown => said['model'];

const inference = (operation: string): Operation => ({
  operation,
  kind: SpanKind.CLIENT,
  target: model,
  start(into, said) {
    if (said['streamed'] === true) into[names.REQUEST_STREAM] = true;
    put(into, names.REQUEST_TEMPERATURE, numberOf(said['temperature']));
    put(into, names.REQUEST_TOP_P, numberOf(said['topP']));
    put(into, names.REQUEST_MAX_TOKENS, numberOf(said['maxOutputTokens']));
    put(into, names.REQUEST_SEED, numberOf(said['seed']));
    put(into, names.OUTPUT_TYPE, wordOf(said['responseFormat']));
    put(into, 'mortise.request.tools', numberOf(said['tools']));
    put(into, 'mortise.request.reasoning_effort', wordOf(said['effort']));
  },
});

const workflow = (name: string): Operation => ({
  operation: 'invoke_workflow',
  kind: SpanKind.INTERNAL,
  target: () => name,
  start(into, said) {
    into[names.WORKFLOW_NAME] = name;
    plain(into, said, 'mortise.');
  },
});

const OPERATIONS = /* @__PURE__ */ operations();

function operations(): ReadonlyMap<string, Operation> {
  const known: Record<string, Operation> = {
    'llm.chat': inference('chat'),
    'llm.complete': inference('text_completion'),
    'embedding.batch': {
      operation: 'embeddings',
      kind: SpanKind.CLIENT,
      target: model,
      start: (into, { kind, inputs }) => plain(into, { kind, inputs }, 'mortise.'),
    },
    'retriever.retrieve': {
      operation: 'retrieval',
      kind: SpanKind.CLIENT,
      target: ({ retriever }) => retriever,
      start(into, { topK, ...said }) {
        put(into, names.REQUEST_TOP_K, numberOf(topK));
        plain(into, said, 'mortise.');
      },
    },
    // The registry has no word for it, and takes others as values of an operation.
    'reranker.rerank': {
      operation: 'rerank',
      kind: SpanKind.CLIENT,
      target: model,
      start: (into, { documents, topN }) => plain(into, { documents, topN }, 'mortise.'),
    },
    'tool.execute': {
      operation: 'execute_tool',
      kind: SpanKind.INTERNAL,
      target: ({ tool }) => tool,
      start(into, { tool, toolCallId, step }) {
        put(into, names.TOOL_NAME, wordOf(tool));
        put(into, names.TOOL_CALL_ID, wordOf(toolCallId));
        into[names.TOOL_TYPE] = 'function';
        put(into, 'mortise.step', numberOf(step));
      },
    },
    'run-tools': {
      operation: 'invoke_agent',
      kind: SpanKind.INTERNAL,
      target: ({ agent }) => agent,
      start(into, { agent, run, tools, resumed }) {
        put(into, names.AGENT_NAME, wordOf(agent));
        plain(into, { run, tools, resumed }, 'mortise.');
      },
    },
    query: workflow('query'),
    chat: workflow('chat'),
  };
  return new Map(Object.entries(known));
}

/** The name, the kind and the attributes of a span by its start. */
export function described({ name, attributes: said }: MortiseEvent): Described {
  const attributes: Attributes = {};
  if (name === 'mcp.call' || name === 'mcp.serve')
    return mcpCall(said, attributes, name === 'mcp.call' ? SpanKind.CLIENT : SpanKind.SERVER);
  const known = OPERATIONS.get(name);
  if (known === undefined) {
    // What an application names itself keeps its own names.
    plain(attributes, said, Object.hasOwn(EVENT_NAMES, name) ? 'mortise.' : '');
    const own = wordOf(name) ?? '';
    const of = wordOf(said['postprocessor']) ?? wordOf(said['parser']);
    return { name: of === undefined ? own : `${own} ${of}`, kind: SpanKind.INTERNAL, attributes };
  }
  const { operation, kind, target, start } = known;
  attributes[names.OPERATION] = operation;
  whom(attributes, said);
  start?.(attributes, said);
  const of = wordOf(target(said));
  return { name: of === undefined ? operation : `${operation} ${of}`, kind, attributes };
}

function mcpCall(said: EventAttributes, attributes: Attributes, kind: SpanKind): Described {
  const method = wordOf(said['method']) ?? '';
  const tool = wordOf(said['tool']);
  Object.assign(attributes, mcpAttributes(said));
  put(attributes, names.TOOL_NAME, tool);
  if (tool !== undefined) attributes[names.OPERATION] = 'execute_tool';
  return { name: tool === undefined ? method : `${method} ${tool}`, kind, attributes };
}

/** What a call of MCP adds to the span of the tool that it is. */
export function mcpAttributes({ method, server }: EventAttributes): Attributes {
  const attributes: Attributes = {};
  put(attributes, names.MCP_METHOD, wordOf(method));
  put(attributes, 'mortise.mcp.server', wordOf(server));
  return attributes;
}

/** The provider, the model and the server. Also of metrics. */
export function whom(into: Attributes, said: EventAttributes): Attributes {
  const provider = wordOf(said['provider']);
  const address = wordOf(said['address']);
  if (provider !== undefined) into[names.PROVIDER] = names.providerName(provider, address);
  put(into, names.REQUEST_MODEL, wordOf(said['model']));
  put(into, names.SERVER_ADDRESS, address);
  put(into, names.SERVER_PORT, numberOf(said['port']));
  put(into, 'mortise.server', wordOf(said['server']));
  return into;
}

/** What an operation is called in the conventions, for metrics. */
export function operationOf(name: string): string | undefined {
  return OPERATIONS.get(name)?.operation;
}

/** What the end of an operation adds. */
export function ended(event: EndEvent): Attributes {
  const { name, attributes: said } = event;
  const attributes: Attributes = {};
  usageOf(attributes, said);
  if (event.phase === 'error' && said['left'] === true) attributes['mortise.stream.left'] = true;
  put(attributes, names.RESPONSE_MODEL, wordOf(said['answeredBy']));
  switch (name) {
    case 'llm.chat':
    case 'llm.complete':
      ofReply(attributes, event);
      break;
    case 'embedding.batch':
      put(attributes, names.EMBEDDINGS_DIMENSIONS, numberOf(said['dimensions']));
      break;
    case 'reranker.rerank':
      put(attributes, 'mortise.results', numberOf(said['results']));
      break;
    case 'run-tools': {
      const { ended: end, steps, approvals } = said;
      plain(attributes, { ended: end, steps, approvals }, 'mortise.');
      break;
    }
    case 'tool.execute':
    case 'mcp.call':
      break;
    case 'mcp.serve':
      Object.assign(attributes, servedError(event));
      break;
    case 'retriever.retrieve':
      put(attributes, 'mortise.nodes', numberOf(said['nodes']));
      break;
    default: {
      const { left, ...rest } = said;
      plain(attributes, left === true ? rest : said, Object.hasOwn(EVENT_NAMES, name) ? 'mortise.' : '');
    }
  }
  return attributes;
}

/** That a tool which was served failed, where its reply says so. Also of metrics. */
export function servedError({ name, attributes: said }: EndEvent): Attributes | undefined {
  return name === 'mcp.serve' && said['isError'] === true ? { [names.ERROR_TYPE]: 'tool_error' } : undefined;
}

function ofReply(into: Attributes, event: EndEvent): void {
  const { attributes: said } = event;
  const finishReason = wordOf(said['finishReason']);
  const firstTokenMs = numberOf(said['firstTokenMs']);
  put(into, names.RESPONSE_ID, wordOf(said['responseId']));
  if (finishReason !== undefined) into[names.RESPONSE_FINISH_REASONS] = [finishReason];
  if (firstTokenMs === undefined) return;
  into[names.RESPONSE_TIME_TO_FIRST_CHUNK] = firstTokenMs / 1000;
  put(into, 'mortise.time_per_output_token', perToken(event, firstTokenMs));
}

/** Tokens, in and out, of whatever has them. What a workflow used stands in the calls inside it. */
function usageOf(into: Attributes, said: EventAttributes): void {
  const usage = recordOf(said['usage']);
  if (said['provider'] === undefined) return;
  put(into, names.USAGE_INPUT_TOKENS, numberOf(usage['inputTokens']) ?? numberOf(said['inputTokens']));
  put(into, names.USAGE_OUTPUT_TOKENS, numberOf(usage['outputTokens']));
  put(into, names.USAGE_CACHE_READ, numberOf(usage['cachedInputTokens']));
  put(into, names.USAGE_CACHE_CREATION, numberOf(usage['cacheWriteTokens']));
  put(into, names.USAGE_REASONING, numberOf(usage['reasoningTokens']));
}

/** Seconds a token after the first content of a stream, where the provider told how many there were. */
function perToken({ attributes, durationMs }: EndEvent, firstTokenMs: number): number | undefined {
  const tokens = numberOf(recordOf(attributes['usage'])['outputTokens']);
  return tokens === undefined || tokens < 2 ? undefined : (durationMs - firstTokenMs) / 1000 / (tokens - 1);
}

/** A class of errors, not its words. */
export function errorType(error: unknown): string {
  try {
    if (isMortiseError(error)) return wordOf(error.code) ?? '_OTHER';
  } catch {
    // A proxy of somebody else's.
  }
  return errorName(error) ?? '_OTHER';
}

/** A point, as an event of a span. Words of a warning may be of what was said. */
export function pointAttributes({ name, attributes: said }: MortiseEvent): Attributes {
  const attributes: Attributes = {};
  if (name !== 'warning') return plain(attributes, said, 'mortise.');
  const { message: _message, item: _item, ...rest } = said;
  return plain(attributes, rest, 'mortise.');
}

/** Attributes under `prefix`, in the conventions' spelling: `waitedMs` is `mortise.waited_ms`. Without a prefix as they are. */
function plain(into: Attributes, said: EventAttributes, prefix: string): Attributes {
  for (const [key, value] of Object.entries(said)) {
    const name = wordOf(prefix === '' ? key : prefix + spelled(key)) ?? '';
    if (typeof value === 'string') put(into, name, wordOf(value));
    else if (typeof value === 'boolean') into[name] = value;
    else put(into, name, numberOf(value));
  }
  return into;
}

function spelled(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function put(into: Attributes, name: string, value: string | number | undefined): void {
  if (value !== undefined) into[name] = value;
}
