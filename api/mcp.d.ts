// The API of @mortise/mcp. Written by `pnpm api`.
// entry . index.d.ts

// ---- addresses.d.ts
export type Lookup = (host: string) => Promise<readonly string[]>;

// ---- client.d.ts
export interface McpToolDefinition {
    readonly name: string;
    readonly title?: string | undefined;
    readonly description?: string | undefined;
    readonly inputSchema: {
        readonly [keyword: string]: unknown;
    };
    readonly outputSchema?: {
        readonly [keyword: string]: unknown;
    } | undefined;
    readonly annotations?: McpToolAnnotations | undefined;
}
export interface McpToolAnnotations {
    readonly title?: string | undefined;
    readonly readOnlyHint?: boolean | undefined;
    readonly destructiveHint?: boolean | undefined;
    readonly idempotentHint?: boolean | undefined;
    readonly openWorldHint?: boolean | undefined;
}
export interface McpToolResult {
    readonly content?: readonly unknown[] | undefined;
    readonly structuredContent?: unknown;
    readonly isError?: boolean | undefined;
}
export interface McpProgress {
    readonly progress: number;
    readonly total?: number | undefined;
    readonly message?: string | undefined;
}
export interface McpRequestOptions {
    readonly signal?: AbortSignal;
    readonly timeout?: number;
    readonly maxTotalTimeout?: number;
}
export interface McpClient {
    getServerVersion(): {
        readonly name: string;
        readonly version: string;
    } | undefined;
    getServerCapabilities(): {
        readonly tools?: {
            readonly listChanged?: boolean | undefined;
        } | undefined;
    } | undefined;
    getProtocolEra(): 'legacy' | 'modern' | undefined;
    request(request: {
        method: 'tools/list';
        params: {
            cursor?: string;
        };
    }, options?: McpRequestOptions): Promise<{
        readonly tools: readonly McpToolDefinition[];
        readonly nextCursor?: string | undefined;
    }>;
    listTools(params: undefined, options?: McpRequestOptions & {
        readonly cacheMode?: 'refresh';
    }): Promise<{
        readonly tools: readonly McpToolDefinition[];
    }>;
    callTool(params: {
        name: string;
        arguments: Record<string, unknown>;
    }, options?: McpRequestOptions & {
        readonly toolDefinition?: never;
        readonly onprogress?: (progress: McpProgress) => void;
    }): Promise<McpToolResult>;
    setNotificationHandler(method: 'notifications/tools/list_changed', handler: () => void | Promise<void>): void;
    removeNotificationHandler(method: string): void;
    listen(filter: {
        toolsListChanged: boolean;
    }, options?: McpRequestOptions): Promise<McpSubscription>;
}
export interface McpSubscription {
    close(): Promise<void>;
    readonly closed: Promise<'local' | 'graceful' | 'remote'>;
}

// ---- connect.d.ts
import type { McpClient } from './client.ts';
import type { McpFetchOptions } from './fetch.ts';
interface ConnectOptions {
    name?: string | undefined;
    version?: string | undefined;
    protocol?: 'auto' | 'legacy' | '2026-07-28' | undefined;
    timeoutMs?: number | undefined;
    signal?: AbortSignal | undefined;
}
export interface McpHttpOptions extends ConnectOptions, McpFetchOptions {
    url: string | URL;
    token?: string | (() => string | Promise<string>) | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
}
export interface McpStdioOptions extends ConnectOptions {
    command: string;
    args?: readonly string[] | undefined;
    env?: Readonly<Record<string, string>> | undefined;
    cwd?: string | undefined;
    stderr?: 'ignore' | 'inherit' | undefined;
    maxMessageBytes?: number | undefined;
}
export interface McpConnection extends McpClient {
    close(): Promise<void>;
}
export declare function connectMcp(given: McpHttpOptions | McpStdioOptions): Promise<McpConnection>;

// ---- errors.d.ts
export declare function mcpErrorText(error: unknown): string;

// ---- fetch.d.ts
import type { Lookup } from './addresses.ts';
export interface McpFetchOptions {
    fetch?: typeof globalThis.fetch | undefined;
    allowPrivate?: boolean | readonly string[] | undefined;
    maxMessageBytes?: number | undefined;
    lookup?: Lookup | undefined;
}
export declare function mcpFetch(given?: McpFetchOptions): typeof globalThis.fetch;

// ---- index.d.ts
export { connectMcp, type McpConnection, type McpHttpOptions, type McpStdioOptions } from './connect.ts';
export { mcpErrorText } from './errors.ts';
export { mcpFetch, type McpFetchOptions } from './fetch.ts';
export { mcpTools, type McpTool, type McpTools, type McpToolsOptions, type SkippedMcpTool } from './tools.ts';
export type { McpClient, McpProgress, McpRequestOptions, McpSubscription, McpToolAnnotations, McpToolDefinition, McpToolResult, } from './client.ts';
export type { Lookup } from './addresses.ts';
export { serveMcp, type McpServed, type McpServing, type McpTransport, type ServeMcpOptions, } from './serve.ts';
export type { FilledPrompt, ServedPrompt } from './served-prompt.ts';
export type { ServedTool } from './served-tool.ts';

// ---- serve.d.ts
import type { QueryEngine, Retriever } from '@mortise/core';
import type { ServedPrompt } from './served-prompt.ts';
import type { ServedTool } from './served-tool.ts';
export interface ServeMcpOptions {
    name?: string | undefined;
    version?: string | undefined;
    instructions?: string | undefined;
    tools?: readonly ServedTool[] | undefined;
    retriever?: Retriever | undefined;
    queryEngine?: QueryEngine | undefined;
    about?: string | undefined;
    prompts?: Readonly<Record<string, ServedPrompt>> | undefined;
    token?: string | null | undefined;
    hosts?: readonly string[] | undefined;
    origins?: readonly string[] | undefined;
    maxRequestBytes?: number | undefined;
    maxResultChars?: number | undefined;
    timeoutMs?: number | undefined;
    toolErrors?: ((error: unknown, tool: string) => string | Promise<string>) | undefined;
    maxCalls?: number | undefined;
}
export interface McpServing {
    readonly fetch: (request: Request) => Promise<Response>;
    stdio(): Promise<McpServed>;
    connect(transport: McpTransport): Promise<McpServed>;
    close(): Promise<void>;
}
export interface McpServed {
    readonly closed: Promise<void>;
    close(): Promise<void>;
}
export interface McpTransport {
    start(): Promise<void>;
    send(message: never, options?: never): Promise<void>;
    close(): Promise<void>;
    onclose?: (() => void) | undefined;
    onerror?: ((error: Error) => void) | undefined;
    onmessage?: unknown;
}
export declare function serveMcp(given: ServeMcpOptions): McpServing;

// ---- served-prompt.d.ts
import type { ChatInput } from '@mortise/core/llm';
export interface FilledPrompt {
    readonly variables: readonly string[];
    readonly optional?: readonly string[] | undefined;
    format(values: never): ChatInput;
}
export interface ServedPrompt {
    readonly template: FilledPrompt;
    readonly title?: string | undefined;
    readonly description?: string | undefined;
    readonly arguments?: Readonly<Record<string, string>> | undefined;
}

// ---- served-tool.d.ts
import type { Schema } from '@mortise/core/schema';
import type { JsonSchema } from '@mortise/core/shared';
import type { Tool } from '@mortise/toolkit';
import type { McpToolAnnotations } from './client.ts';
export interface ServedTool extends Tool {
    readonly title?: string | undefined;
    readonly outputSchema?: Schema | JsonSchema | undefined;
    readonly annotations?: McpToolAnnotations | undefined;
}

// ---- tools.d.ts
import type { MortiseError } from '@mortise/core';
import type { JsonObject } from '@mortise/core/shared';
import type { Tool } from '@mortise/toolkit';
import type { McpClient, McpToolAnnotations } from './client.ts';
export interface McpTool extends Tool<JsonObject> {
    readonly serverName: string;
    readonly server: string;
    readonly annotations: McpToolAnnotations;
    readonly outputSchema?: {
        readonly [keyword: string]: unknown;
    };
}
export interface SkippedMcpTool {
    readonly server: string;
    readonly name: string;
    readonly reason: string;
}
export interface McpTools {
    readonly tools: readonly McpTool[];
    readonly skipped: readonly SkippedMcpTool[];
    refresh(options?: {
        signal?: AbortSignal | undefined;
    }): Promise<readonly McpTool[]>;
    close(): Promise<void>;
}
export interface McpToolsOptions {
    prefix?: string | undefined;
    trusted?: boolean | undefined;
    filter?: ((tool: McpTool) => boolean) | undefined;
    watch?: boolean | undefined;
    onChange?: ((tools: readonly McpTool[]) => void) | undefined;
    onError?: ((error: MortiseError) => void) | undefined;
    timeoutMs?: number | undefined;
    listTimeoutMs?: number | undefined;
    maxTools?: number | undefined;
    maxPages?: number | undefined;
    maxDescriptionChars?: number | undefined;
    maxTextChars?: number | undefined;
    maxMediaBytes?: number | undefined;
    secrets?: readonly string[] | undefined;
    signal?: AbortSignal | undefined;
}
export declare function mcpTools(clients: McpClient | Readonly<Record<string, McpClient>>, options?: McpToolsOptions): Promise<McpTools>;
