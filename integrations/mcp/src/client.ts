import { MortiseError, type KnownErrorCode } from '@mortise/core';

/** A tool as a server lists it. What it says is the server's own: `mcpTools` cleans it. */
export interface McpToolDefinition {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: { readonly [keyword: string]: unknown };
  readonly outputSchema?: { readonly [keyword: string]: unknown } | undefined;
  readonly annotations?: McpToolAnnotations | undefined;
}

/** Hints of a server about its tool. Nobody vouches for them: decide by them only where you trust the server. */
export interface McpToolAnnotations {
  readonly title?: string | undefined;
  readonly readOnlyHint?: boolean | undefined;
  readonly destructiveHint?: boolean | undefined;
  readonly idempotentHint?: boolean | undefined;
  readonly openWorldHint?: boolean | undefined;
}

/** What came of a call of a tool, as the protocol has it. */
export interface McpToolResult {
  readonly content?: readonly unknown[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/** How far a tool is, in the server's measure and words. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** What one request is made with. */
export interface McpRequestOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds, whatever progress the server tells of. */
  readonly maxTotalTimeout?: number;
}

/**
 * The part of the `Client` of `@modelcontextprotocol/client` 2.x that is used: give that class, connected. `connectMcp` makes
 * one whose transport is bounded.
 */
export interface McpClient {
  getServerVersion(): { readonly name: string; readonly version: string } | undefined;
  getServerCapabilities():
    | { readonly tools?: { readonly listChanged?: boolean | undefined } | undefined }
    | undefined;
  getProtocolEra(): 'legacy' | 'modern' | undefined;
  request(
    request: { method: 'tools/list'; params: { cursor?: string } },
    options?: McpRequestOptions,
  ): Promise<{ readonly tools: readonly McpToolDefinition[]; readonly nextCursor?: string | undefined }>;
  listTools(
    params: undefined,
    options?: McpRequestOptions & { readonly cacheMode?: 'refresh' },
  ): Promise<{ readonly tools: readonly McpToolDefinition[] }>;
  callTool(
    params: { name: string; arguments: Record<string, unknown> },
    options?: McpRequestOptions & {
      readonly toolDefinition?: never;
      readonly onprogress?: (progress: McpProgress) => void;
    },
  ): Promise<McpToolResult>;
  setNotificationHandler(
    method: 'notifications/tools/list_changed',
    handler: () => void | Promise<void>,
  ): void;
  removeNotificationHandler(method: string): void;
  listen(filter: { toolsListChanged: boolean }, options?: McpRequestOptions): Promise<McpSubscription>;
}

/** Changes that a server of 2026-07-28 tells of, until it is closed. */
export interface McpSubscription {
  close(): Promise<void>;
  readonly closed: Promise<'local' | 'graceful' | 'remote'>;
}

/** What no error may show, by the client whose transport sends it. */
const SECRETS = new WeakMap<object, readonly string[]>();

export function keepSecrets(client: object, secrets: readonly string[]): void {
  SECRETS.set(client, secrets);
}

export function secretsOf(client: object): readonly string[] {
  return SECRETS.get(client) ?? [];
}

/** An error of this package's. */
export function mcpError(code: KnownErrorCode, message: string, cause?: unknown): MortiseError {
  return new MortiseError(code, message, { provider: 'mcp', ...(cause === undefined ? {} : { cause }) });
}
