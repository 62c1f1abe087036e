import type { JsonObject, JsonValue } from '@mortise/core/shared';

/** `providerOptions` and `providerMetadata` of the AI SDK: by provider, such as `{ openai: { itemId: '...' } }`. */
export type AISDKProviderData = { [provider: string]: JsonObject };

/** The versions of the specification that `toAISDK` makes models of: `v4` is that of `ai` 7, `v3` of `ai` 6, `v2` of `ai` 5. */
export type AISDKOutputVersion = 'v4' | 'v3' | 'v2';

/** Bytes, base64, or an address. `v4` says which; up to `v3` a string is base64. */
export type OutputFileData<V extends AISDKOutputVersion> = V extends 'v4'
  ? { type: 'data'; data: Uint8Array | string } | { type: 'url'; url: URL }
  : Uint8Array | string;

/** What a provider says besides, which goes back as `providerOptions`. */
export interface OutputTold {
  providerMetadata?: AISDKProviderData;
}

/** A page, or a document, that a reply rests on. */
export type OutputSource = OutputTold & { type: 'source'; id: string } & (
    | { sourceType: 'url'; url: string; title?: string }
    | { sourceType: 'document'; mediaType: string; title: string; filename?: string }
  );

/** Where in a text something rests on a source; of `v4` alone. */
export interface OutputCitation {
  source: OutputSource;
  startIndex?: number;
  endIndex?: number;
  citedText?: string;
}

/** A file that the model made: base64, or bytes, with its media type. */
export type OutputFile<V extends AISDKOutputVersion> = OutputTold & {
  type: 'file';
  mediaType: string;
  data: OutputFileData<V>;
};

/** A call that the model asks for. */
export type OutputToolCall = OutputTold & {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  /** JSON, or what the model wrote in its place. */
  input: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
};

/** What a tool that the provider ran gave. */
export type OutputToolResult = OutputTold & {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  result: NonNullable<JsonValue>;
  isError?: boolean;
  dynamic?: boolean;
  /** Of `v2` alone; later versions know results as the provider's. */
  providerExecuted?: true;
};

/** A call of the provider's that waits for a yes; not of `v2`. */
export type OutputApprovalRequest = OutputTold & {
  type: 'tool-approval-request';
  approvalId: string;
  toolCallId: string;
};

/** What has no place in their specification, as a provider's own part; of `v4` alone. */
export type OutputCustom = OutputTold & { type: 'custom'; kind: `${string}.${string}` };

/** Text, with its citations. */
export type OutputText = OutputTold & { type: 'text'; text: string; citations?: OutputCitation[] };
/** Thinking that can be read. */
export type OutputReasoning = OutputTold & { type: 'reasoning'; text: string };
/** A file that is part of the thinking; of `v4` alone. */
export type OutputReasoningFile = OutputTold & {
  type: 'reasoning-file';
  mediaType: string;
  data: OutputFileData<'v4'>;
};

/** Parts that come whole, in replies and in streams. */
export type OutputWhole<V extends AISDKOutputVersion> =
  | OutputFile<V>
  | OutputSource
  | OutputToolCall
  | OutputToolResult
  | (V extends 'v2' ? never : OutputApprovalRequest)
  | (V extends 'v4' ? OutputCustom | OutputReasoningFile : never);

/** A part of a whole reply. */
export type OutputContent<V extends AISDKOutputVersion> = OutputText | OutputReasoning | OutputWhole<V>;

/** Tokens. What is not known is undefined, never 0. */
export type OutputUsage<V extends AISDKOutputVersion = 'v4'> = V extends 'v2'
  ? {
      inputTokens: number | undefined;
      outputTokens: number | undefined;
      totalTokens: number | undefined;
      reasoningTokens?: number | undefined;
      cachedInputTokens?: number | undefined;
    }
  : {
      inputTokens: {
        total: number | undefined;
        noCache: number | undefined;
        cacheRead: number | undefined;
        cacheWrite: number | undefined;
      };
      outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
      raw?: JsonObject;
    };

/** Why a reply ended, in their words. */
export type OutputFinishWord = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';

/** Why the reply ended: in their words, and in the provider's, which `v2` has no place for. */
export type OutputFinish<V extends AISDKOutputVersion = 'v4'> = V extends 'v2'
  ? OutputFinishWord
  : { unified: OutputFinishWord; raw: string | undefined };

/** What was left out, or is to be known. */
export type OutputWarning<V extends AISDKOutputVersion = 'v4'> =
  | { type: 'other'; message: string }
  | (V extends 'v2'
      ? | { type: 'unsupported-setting'; setting: string; details?: string }
        | { type: 'unsupported-tool'; tool: OutputProviderTool; details?: string }
      : { type: 'unsupported'; feature: string; details?: string });

/** A tool of a provider, as calls of `v2` name it. */
export interface OutputProviderTool {
  type: 'provider-defined';
  id: `${string}.${string}`;
  name: string;
  args: Record<string, unknown>;
}

/** What is told of a reply besides its content. */
export interface OutputResponse {
  id?: string;
  timestamp?: Date;
  modelId?: string;
}

/** One whole reply. */
export interface OutputReply<V extends AISDKOutputVersion> extends OutputTold {
  content: OutputContent<V>[];
  finishReason: OutputFinish<V>;
  usage: OutputUsage<V>;
  warnings: OutputWarning<V>[];
  response: OutputResponse;
}

/** A part of a stream. */
export type OutputStreamPart<V extends AISDKOutputVersion> =
  | { type: 'stream-start'; warnings: OutputWarning<V>[] }
  | ({ type: 'response-metadata' } & OutputResponse)
  | (OutputTold & { type: 'text-start' | 'reasoning-start' | 'reasoning-end' | 'tool-input-end'; id: string })
  | (OutputTold & { type: 'text-end'; id: string; citations?: OutputCitation[] })
  | { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'; id: string; delta: string }
  | (OutputTold & { type: 'tool-input-start'; id: string; toolName: string })
  | OutputWhole<V>
  | (OutputTold & { type: 'finish'; usage: OutputUsage<V>; finishReason: OutputFinish<V> })
  | { type: 'raw'; rawValue: unknown }
  | { type: 'error'; error: unknown };
