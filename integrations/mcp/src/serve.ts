import { isMortiseError, type QueryEngine, type Retriever } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import {
  checkOptions,
  positive,
  reading,
  requireMembers,
  wholeNumber,
  type JsonObject,
  type JsonSchema,
} from '@mortise/core/shared';
import type { StandardSchema } from '@mortise/core/schema';
import { lazySdk } from '@mortise/core/wire';
import type {
  McpHttpHandler,
  McpServerFactory,
  Server,
  ServerContext,
  Transport,
} from '@modelcontextprotocol/server';
import { mcpError } from './client.ts';
import { refusalOf, refused, type HttpRules } from './served-http.ts';
import { askTool, searchTool } from './served-index.ts';
import { promptDefinition, promptMessages, type ServedPrompt } from './served-prompt.ts';
import {
  prepareTool,
  progressMessage,
  runTool,
  type Compile,
  type PreparedTool,
  type RunOptions,
  type ServedTool,
} from './served-tool.ts';

const PACKAGE = '@modelcontextprotocol/server';
const loadSdk = /* @__PURE__ */ lazySdk('mcp', PACKAGE, () => import('@modelcontextprotocol/server'));
const loadStdio = /* @__PURE__ */ lazySdk('mcp', PACKAGE, () => import('@modelcontextprotocol/server/stdio'));

/** What is served, by what name, to whom and within which bounds. All have defaults, but something must be served. */
export interface ServeMcpOptions {
  /** What the server is called. Default: `mortise`, `1.0.0`. */
  name?: string | undefined;
  version?: string | undefined;
  /** What the assistant is told of the server as a whole. */
  instructions?: string | undefined;
  /** Tools of the toolkit, with `outputSchema`, `title` and `annotations` where there are. */
  tools?: readonly ServedTool[] | undefined;
  /** Served as the tool `search`, whose passages say where they stand. */
  retriever?: Retriever | undefined;
  /** Served as the tool `ask`, whose answers have checked citations. */
  queryEngine?: QueryEngine | undefined;
  /** What `search` and `ask` look in, for their descriptions: `of the handbook`. Default: `of this index`. */
  about?: string | undefined;
  /** By their names. */
  prompts?: Readonly<Record<string, ServedPrompt>> | undefined;
  /** Of HTTP: what a request must carry as `Authorization: Bearer`. Null: whoever reaches the server. Needed for `fetch`. A secret. */
  token?: string | null | undefined;
  /** Of HTTP: the host names that clients reach it by, without port. Default: those of this machine, `localhost`, `127.0.0.1` and `[::1]`. */
  hosts?: readonly string[] | undefined;
  /** Of HTTP: the origins of pages that may ask. Default: those of the server's own host; programs send no origin. */
  origins?: readonly string[] | undefined;
  /** Of HTTP: bytes of one request. Default: 4 MiB. */
  maxRequestBytes?: number | undefined;
  /** Characters of one result; more is a result with `isError`. Default: 1,000,000. */
  maxResultChars?: number | undefined;
  /** Milliseconds of one call of a tool without its own bound. Default: 60,000. */
  timeoutMs?: number | undefined;
  /** What the other side is told of what a tool threw; a place to log it, too. Default: that it failed, without the words, which may hold secrets. */
  toolErrors?: ((error: unknown, tool: string) => string | Promise<string>) | undefined;
  /** Calls that run at once; more are refused. Default: 64. */
  maxCalls?: number | undefined;
}

/** What is served, and by which ways. */
export interface McpServing {
  /**
   * Streamable HTTP: a handler from `Request` to `Response`, for Hono, Bun, Deno, Workers or `node:http` through an adapter. Rejects with
   * `configuration` without `token`.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Over the standard input and output of this process, until it ends: write nothing else to standard output. */
  stdio(): Promise<McpServed>;
  /** Over a transport of the SDK, such as `InMemoryTransport`. */
  connect(transport: McpTransport): Promise<McpServed>;
  /** Ends what is running and all connections. */
  close(): Promise<void>;
}

/** A connection that is served. */
export interface McpServed {
  /** Once the other side has gone, or `close()` was called. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** A `Transport` of the SDK. */
export interface McpTransport {
  start(): Promise<void>;
  send(message: never, options?: never): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: unknown;
}

/**
 * Serves tools, an index and prompts to assistants that speak MCP: `await serveMcp({ retriever }).stdio()`. Both generations of
 * the specification, 2026-07-28 and those before, are answered by the official SDK.
 *
 * Arguments are checked against the tools' schemas; of what a tool throws the other side is told that it failed. A
 * client that leaves or cancels aborts the tool's `signal`. Throws `configuration` for what cannot be served.
 */
export function serveMcp(given: ServeMcpOptions): McpServing {
  const options = checkOptions(given, 'configuration');
  const surface = reading('What serveMcp() is given', () => surfaceOf(options), 'configuration');
  const rules = reading('What serveMcp() is given', () => rulesOf(options), 'configuration');
  const maxRequestBodySize = wholeNumber('maxRequestBytes', options.maxRequestBytes ?? 4 * 2 ** 20);
  const served = new Set<McpServed>();
  let handler: McpHttpHandler | undefined;
  const http = async (): Promise<McpHttpHandler> => {
    const sdk = await loadSdk();
    return (handler ??= sdk.createMcpHandler(factoryOf(sdk, surface), { maxRequestBodySize }));
  };
  const connect = async (given: McpTransport | undefined): Promise<McpServed> => {
    const { serveStdio, StdioServerTransport } = await loadStdio();
    const transport = (given as Transport | undefined) ?? new StdioServerTransport();
    const handle = serveStdio(factoryOf(await loadSdk(), surface), { transport });
    const { promise: closed, resolve: ended } = Promise.withResolvers<void>();
    // The entry that serves has its own there.
    const onclose = transport.onclose;
    transport.onclose = () => {
      onclose?.();
      served.delete(one);
      ended();
    };
    const one: McpServed = { closed, close: () => handle.close() };
    served.add(one);
    return one;
  };
  return {
    fetch: async (request) => {
      if (rules === undefined) {
        const message =
          'serveMcp() answers HTTP with a token alone: give one, or token: null where whoever reaches it may ask.';
        throw mcpError('configuration', message);
      }
      const refusal = refusalOf(request, rules);
      if (refusal !== undefined) return refusal;
      const { fetch } = await http();
      try {
        return await fetch(request);
      } catch {
        // The client has left, or its request broke off.
        return refused(400, 'The request could not be read.');
      }
    },
    stdio: () => connect(undefined),
    connect: (transport) => connect(transport),
    close: async () => {
      await Promise.all([...served].map((each) => each.close()));
      await handler?.close();
    },
  };
}

function rulesOf({
  token,
  hosts = ['localhost', '127.0.0.1', '[::1]'],
  origins = [],
}: ServeMcpOptions): HttpRules | undefined {
  if (token === undefined) return undefined;
  if (token !== null && (typeof token !== 'string' || !/^[\x21-\x7e]{16,8192}$/.test(token))) {
    const message =
      'The token is too short to be one, or holds what no header can: give 16 characters or more.';
    throw mcpError('configuration', message);
  }
  return { token, hosts: [...hosts], origins: [...origins] };
}

/** What is served: the same for every connection. */
interface Surface {
  readonly info: { readonly name: string; readonly version: string };
  readonly instructions: string | undefined;
  readonly tools: ReadonlyMap<string, PreparedTool>;
  readonly prompts: ReadonlyMap<string, ServedPrompt>;
  readonly timeoutMs: number;
  readonly maxResultChars: number;
  readonly maxCalls: number;
  readonly toolErrors: (error: unknown, tool: string) => string | Promise<string>;
  /** Calls that run. */
  readonly running: { count: number };
}

function surfaceOf(options: ServeMcpOptions): Surface {
  const {
    name = 'mortise',
    version = '1.0.0',
    instructions,
    retriever,
    queryEngine,
    about = 'of this index',
  } = options;
  const prepared = [...(options.tools ?? [])].map(prepareTool);
  if (retriever !== undefined)
    prepared.push(searchTool(requireMembers(retriever, ['retrieve'], 'retriever', 'Retriever'), about));
  if (queryEngine !== undefined)
    prepared.push(askTool(requireMembers(queryEngine, ['query'], 'queryEngine', 'QueryEngine'), about));
  const prompts = new Map(Object.entries(options.prompts ?? {}));
  for (const [key, each] of prompts) promptDefinition(key, each);
  const tools = new Map<string, PreparedTool>();
  for (const tool of prepared) {
    const key = tool.definition.name;
    if (tools.has(key))
      throw mcpError('configuration', `Two tools are called ${key}. Give one another name.`);
    tools.set(key, tool);
  }
  if (tools.size + prompts.size === 0)
    throw mcpError(
      'configuration',
      'There is nothing to serve: give tools, a retriever, a queryEngine or prompts.',
    );
  return {
    info: { name, version },
    instructions,
    tools,
    prompts,
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? 60_000),
    maxResultChars: wholeNumber('maxResultChars', options.maxResultChars ?? 1_000_000),
    maxCalls: wholeNumber('maxCalls', options.maxCalls ?? 64),
    toolErrors: options.toolErrors ?? (() => 'The tool failed.'),
    running: { count: 0 },
  };
}

type Sdk = Awaited<ReturnType<typeof loadSdk>>;

/** Makes a server of the SDK for each connection, or each request. */
function factoryOf(sdk: Sdk, surface: Surface): (context: Parameters<McpServerFactory>[0]) => Server {
  const { tools, prompts, instructions } = surface;
  const compile = compiler(sdk);
  return () => {
    const server = new sdk.Server(surface.info, {
      capabilities: {
        ...(tools.size === 0 ? {} : { tools: {} }),
        ...(prompts.size === 0 ? {} : { prompts: {} }),
      },
      ...(instructions === undefined ? {} : { instructions }),
    });
    if (tools.size > 0) serveTools(server, sdk, surface, compile);
    if (prompts.size > 0) servePrompts(server, sdk, prompts);
    return server;
  };
}

function serveTools(server: Server, sdk: Sdk, surface: Surface, compile: Compile): void {
  const { tools, timeoutMs, maxResultChars, maxCalls, toolErrors, running } = surface;
  const list = [...tools.values()].map(({ definition }) => definition);
  server.setRequestHandler('tools/list', () => ({ tools: list }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const tool = tools.get(params.name);
    if (tool === undefined)
      throw new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, 'There is no tool of that name.');
    if (running.count >= maxCalls)
      throw new sdk.ProtocolError(
        sdk.ProtocolErrorCode.InternalError,
        'Too many calls run at once. Try again later.',
      );
    running.count++;
    try {
      const args = (params.arguments ?? {}) as JsonObject;
      const options = { signal: mcpReq.signal, timeoutMs, maxResultChars, compile, toolErrors };
      const result = await inSpan(
        'mcp.serve',
        {
          attributes: { method: 'tools/call', tool: tool.definition.name },
          content: () => ({ arguments: args }),
        },
        () => runTool(tool, args, { ...options, progress: progressOf(mcpReq) }),
        (given) => ({ attributes: { isError: given.isError === true }, content: () => ({ result: given }) }),
      );
      return server.projectCallToolResult(result as never, tool.definition.outputSchema);
    } finally {
      running.count--;
    }
  });
}

/** Tells the client how far a tool is, where it asked to be told. */
function progressOf({ _meta, notify }: ServerContext['mcpReq']): RunOptions['progress'] {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let count = 0;
  return async (value) => {
    count++;
    const params = { progressToken, ...progressMessage(value, count) };
    // Whoever has left is not told.
    await notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function servePrompts(server: Server, sdk: Sdk, prompts: ReadonlyMap<string, ServedPrompt>): void {
  const list = [...prompts].map(([name, each]) => promptDefinition(name, each));
  server.setRequestHandler('prompts/list', () => ({ prompts: list }));
  server.setRequestHandler('prompts/get', ({ params }) => {
    const found = prompts.get(params.name);
    const invalid = (message: string): Error =>
      new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, message);
    if (found === undefined) throw invalid('There is no prompt of that name.');
    try {
      return { messages: promptMessages(found, params.arguments ?? {}) };
    } catch (error) {
      throw isMortiseError(error) ? invalid(error.message) : error;
    }
  });
}

/** Schemas are compiled once: that takes a hundred times as long as a check. */
function compiler({ fromJsonSchema }: Sdk): Compile {
  const known = new WeakMap<JsonSchema, StandardSchema>();
  return (schema) => {
    const found = known.get(schema) ?? fromJsonSchema(schema as never);
    known.set(schema, found);
    return found;
  };
}
