import { MortiseError, type KnownErrorCode } from '@mortise/core';
import { errorFromResponse } from '@mortise/core/wire';
import {
  blocksOf,
  toolCallBlock,
  type ChatRequest,
  type ContentBlock,
  type LLMMetadata,
  type Usage,
} from '@mortise/core/llm';

/**
 * What every adapter declares: chat with tools, whole and streamed, which all of the peers offer over Chat Completions.
 * The adapters are as thin as they can be: the peer sends, retries, reads and judges, with its own defaults.
 */
export const metadata: LLMMetadata = {
  isChatModel: true,
  capabilities: {
    streaming: true,
    tools: true,
    parallelTools: true,
    toolChoice: true,
    inputModalities: ['text'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
};

export const MODEL = 'conformance-1';
export const KEY = 'key-of-a-test';

/** A turn without blocks, from which each adapter makes its peer's messages. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: object }[];
  /** Of a tool's result: the call that it answers. */
  readonly callId?: string;
}

export function turnsOf({ messages }: ChatRequest): Turn[] {
  return messages.flatMap((message): Turn[] => {
    const blocks = blocksOf(message);
    const results = blocks.flatMap((block): Turn[] =>
      block.type === 'tool-result'
        ? [{ role: 'tool', text: textOf(block.content), calls: [], callId: block.toolCallId as string }]
        : [],
    );
    if (results.length > 0) return results;
    const calls = blocks.flatMap((block) =>
      block.type === 'tool-call'
        ? [{ id: block.id as string, name: block.name as string, arguments: block.arguments as object }]
        : [],
    );
    return [{ role: message.role, text: textOf(blocks), calls }];
  });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as readonly ContentBlock[])
    .map((block) => (block.type === 'text' ? block.text : ''))
    .join('');
}

/** What a whole reply says, in the contract's words. */
export function contentOf(
  text: string,
  calls: readonly { readonly id: string; readonly name: string; readonly text: string | null }[],
): ContentBlock[] {
  return [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ id, name, text: args }) => toolCallBlock(id, name, args ?? '')),
  ];
}

/** Gives each part of a streamed reply, by a name of its own, the next place in the content. */
export function createPlaces(): (part: string) => number {
  const places = new Map<string, number>();
  return (part) => {
    const place = places.get(part) ?? places.size;
    places.set(part, place);
    return place;
  };
}

const UNIFIED: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  'tool-calls': 'tool-calls',
  content_filter: 'content-filter',
  'content-filter': 'content-filter',
};

export function finishOf(raw: string | null | undefined): { unified: string; raw: string } {
  return { unified: UNIFIED[raw ?? ''] ?? 'other', raw: raw ?? '' };
}

export function usageOf(counts: { [K in keyof Omit<Usage, 'raw'>]: number | null | undefined }): Usage {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => typeof value === 'number'));
}

interface PeerError {
  readonly name?: string;
  readonly message?: string;
  readonly status?: number;
  readonly statusCode?: number;
  readonly code?: string | null;
  readonly headers?: Headers | Record<string, string>;
  readonly responseHeaders?: Record<string, string>;
  readonly data?: { readonly error?: { readonly code?: string; readonly message?: string } };
  readonly lastError?: unknown;
  readonly cause?: unknown;
}

/**
 * A peer's error in the contract's words, from whatever it exposes: its status, its headers, its code. What has none of
 * them is left as it is, and core knows a broken connection by its cause.
 */
export function toMortise(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  const error = thrown as PeerError;
  if (error.lastError !== undefined) return toMortise(error.lastError);
  const status = error.status ?? error.statusCode;
  if (status === undefined || status < 400) {
    // What the openai SDK makes of an error within a stream: its own class, without a status.
    if (thrown.constructor.name === 'APIError')
      return failed(codeOf(error.code) ?? 'server', error.message ?? '');
    return /JSONParse|SyntaxError|TypeValidation|InvalidResponse|EmptyResponse|JSON/.test(
      `${error.name} ${error.message}`,
    )
      ? failed('malformed-response', error.message ?? '')
      : thrown;
  }
  const headers = new Headers(error.headers ?? error.responseHeaders);
  const word = error.code ?? error.data?.error?.code;
  const message = error.data?.error?.message ?? error.message;
  return errorFromResponse({
    provider: 'peer',
    model: MODEL,
    status,
    headers,
    message,
    code: codeOf(word),
    requestId: headers.get('x-request-id') ?? undefined,
  });
}

function codeOf(word: string | null | undefined): KnownErrorCode | undefined {
  if (word === 'insufficient_quota') return 'quota';
  return word === 'context_length_exceeded' ? 'context-length' : undefined;
}

export function failed(code: KnownErrorCode, message: string): MortiseError {
  return new MortiseError(code, message, { provider: 'peer', model: MODEL });
}
