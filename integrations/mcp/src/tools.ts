import { type MortiseError, toMortiseError } from '@mortise/core';
import {
  checkOptions,
  heard,
  positive,
  requireMembers,
  shown,
  wholeNumber,
  type JsonObject,
} from '@mortise/core/shared';
import { inSpan } from '@mortise/core/events';
import type { ToolContext } from '@mortise/core/llm';
import type { Tool } from '@mortise/toolkit';
import { changesOf } from './changes.ts';
import { clean, cleanSchema, describe } from './clean.ts';
import {
  mcpError,
  secretsOf,
  type McpClient,
  type McpProgress,
  type McpToolAnnotations,
  type McpToolDefinition,
} from './client.ts';
import { fromSdk, toolFailed } from './errors.ts';
import { listTools } from './list.ts';
import { isReadable, modelNames } from './names.ts';
import { textOf, toolValue } from './result.ts';

/** A tool of an MCP server, as any tool of the toolkit. */
export interface McpTool extends Tool<JsonObject> {
  /** The name that the server knows it by; `name` is what models take. */
  readonly serverName: string;
  /** How the server is called here: its name in the record, or what it calls itself. */
  readonly server: string;
  /** What the server says of it. Hints alone. */
  readonly annotations: McpToolAnnotations;
  /** JSON Schema of what it gives, in the server's words. Absent: it gives text. */
  readonly outputSchema?: { readonly [keyword: string]: unknown };
}

/** A tool that no model gets, and why. */
export interface SkippedMcpTool {
  readonly server: string;
  /** In the server's words, cleaned. */
  readonly name: string;
  readonly reason: string;
}

/** The tools of one or more servers. */
export interface McpTools {
  /** Those of now; another list once a server has changed its own. Give it to `runTools` as it is. */
  readonly tools: readonly McpTool[];
  readonly skipped: readonly SkippedMcpTool[];
  /** Reads all lists again. Rejects with a `MortiseError`, and keeps the tools that there were. */
  refresh(options?: { signal?: AbortSignal | undefined }): Promise<readonly McpTool[]>;
  /** No longer reads changes. The clients stay open. */
  close(): Promise<void>;
}

export interface McpToolsOptions {
  /** Before the names of the tools of a single server, with `__` between. Default: none. A record's keys are those of its servers. */
  prefix?: string | undefined;
  /**
   * The servers' words stand in the prompt without a mark, and what tools give is checked against their schemas. Default: false, since
   * a description may give the model orders, and a schema may hold a pattern that takes for ever.
   */
  trusted?: boolean | undefined;
  /** Tools that models get. Default: all. */
  filter?: ((tool: McpTool) => boolean) | undefined;
  /** Reads the lists again when a server says that they changed. Default: true. */
  watch?: boolean | undefined;
  /** After a change was read. */
  onChange?: ((tools: readonly McpTool[]) => void) | undefined;
  /** A change could not be read; the tools stay as they were. Default: nobody is told. */
  onError?: ((error: MortiseError) => void) | undefined;
  /** Milliseconds of one call of a tool, whatever progress it tells of. Default: 60,000. */
  timeoutMs?: number | undefined;
  /** Milliseconds of the list of one server, all pages together. Default: 30,000. */
  listTimeoutMs?: number | undefined;
  /** Tools of one server. Default: 512. */
  maxTools?: number | undefined;
  /** Pages of one server's list. Default: 64. */
  maxPages?: number | undefined;
  /** Characters of one description. Default: 2,000. */
  maxDescriptionChars?: number | undefined;
  /** Characters of the text of one result. Default: 200,000. */
  maxTextChars?: number | undefined;
  /** Bytes of the images, sounds and files of one result. Default: 8 MiB. */
  maxMediaBytes?: number | undefined;
  /** What no error may show, besides the token that `connectMcp` was given. */
  secrets?: readonly string[] | undefined;
  /** Of the first reading of the lists. */
  signal?: AbortSignal | undefined;
}

/** Characters of a prefix and of a server's name. */
const MAX_SERVER_NAME = 64;
/** Characters of what a server says of its progress. */
const MAX_PROGRESS_TEXT = 200;

interface Server {
  readonly client: McpClient;
  readonly prefix: string;
  readonly label: string;
}

interface Settings extends Omit<McpToolsOptions, 'timeoutMs'> {
  readonly timeoutMs: number;
  readonly listTimeoutMs: number;
  readonly maxTools: number;
  readonly maxPages: number;
  readonly maxDescriptionChars: number;
  readonly maxTextChars: number;
  readonly maxMediaBytes: number;
}

/**
 * The tools of an MCP server, or of several by their names here, for `runTools` and `streamTools`: `mcpTools(client)`,
 * `mcpTools({ files, web })`. A client is a connected `Client` of `@modelcontextprotocol/client`, or what `connectMcp` gives.
 *
 * Names are mapped to what models take and back; descriptions and schemas are cleaned, bounded, and marked as the server's words. A
 * tool that cannot be shown stands in `skipped`. A tool's own failure (`isError`) is an error with `server`, whose words `toolErrors: mcpErrorText` tells the model; an
 * aborted signal cancels the call at the server.
 *
 * Rejects with a `MortiseError`: `timeout` for a server that does not answer, `malformed-response` for a list that does not end.
 */
export async function mcpTools(
  clients: McpClient | Readonly<Record<string, McpClient>>,
  options: McpToolsOptions = {},
): Promise<McpTools> {
  const settings = settingsOf(options);
  const servers = serversOf(clients, settings);
  let current = await readAll(servers, settings, settings.signal);
  const refresh = async ({ signal }: { signal?: AbortSignal | undefined } = {}) => {
    current = await readAll(servers, settings, signal);
    return current.tools;
  };
  const changed = async (): Promise<void> => {
    try {
      await refresh();
    } catch (error) {
      return settings.onError?.(toMortiseError(error, { provider: 'mcp' }));
    }
    heard(settings.onChange?.(current.tools));
  };
  const changes =
    settings.watch === false
      ? undefined
      : changesOf(
          servers.map(({ client }) => client),
          changed,
        );
  return {
    get tools() {
      return current.tools;
    },
    get skipped() {
      return current.skipped;
    },
    refresh,
    close: async () => changes?.close(),
  };
}

function settingsOf(given: McpToolsOptions): Settings {
  const options = checkOptions(given, 'configuration');
  const whole = (name: keyof McpToolsOptions, fallback: number): number =>
    wholeNumber(name, options[name] ?? fallback);
  return {
    ...options,
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? 60_000),
    listTimeoutMs: positive('listTimeoutMs', options.listTimeoutMs ?? 30_000),
    maxTools: whole('maxTools', 512),
    maxPages: whole('maxPages', 64),
    maxDescriptionChars: whole('maxDescriptionChars', 2_000),
    maxTextChars: whole('maxTextChars', 200_000),
    maxMediaBytes: whole('maxMediaBytes', 8 * 2 ** 20),
  };
}

function serversOf(
  clients: McpClient | Readonly<Record<string, McpClient>>,
  { prefix = '' }: McpToolsOptions,
): Server[] {
  if (isClient(clients)) return [serverOf(clients, checkPrefix(prefix))];
  if (typeof clients !== 'object' || clients === null)
    throw mcpError('configuration', 'mcpTools() takes a connected MCP client, or a record of them.');
  return Object.entries(clients).map(([name, client]) => serverOf(client, checkPrefix(name), name));
}

function isClient(value: McpClient | Readonly<Record<string, McpClient>>): value is McpClient {
  return typeof (value as Partial<McpClient> | null)?.callTool === 'function';
}

function checkPrefix(prefix: string): string {
  if (typeof prefix === 'string' && /^[A-Za-z0-9_-]{0,32}$/.test(prefix)) return prefix;
  const message = `A name of a server stands before those of its tools: it has letters, digits, _ and -, at most 32, and is not ${shown(prefix)}.`;
  throw mcpError('configuration', message);
}

function serverOf(given: McpClient, prefix: string, name?: string): Server {
  const client = requireMembers(
    given,
    ['request', 'callTool', 'getServerCapabilities'],
    'client',
    'MCP client',
  );
  const label = name ?? clean(client.getServerVersion()?.name ?? '', MAX_SERVER_NAME);
  return { client, prefix, label: label === '' ? 'without a name' : label };
}

type Read = { readonly tools: readonly McpTool[]; readonly skipped: readonly SkippedMcpTool[] };

async function readAll(
  servers: readonly Server[],
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<Read> {
  const lists = await Promise.all(
    servers.map(({ client, label }) =>
      inSpan(
        'mcp.call',
        { attributes: { method: 'tools/list', server: label } },
        async () => {
          try {
            const { maxPages, maxTools, listTimeoutMs: timeoutMs } = settings;
            return await listTools(client, { maxPages, maxTools, timeoutMs, signal });
          } catch (error) {
            throw fromSdk(error, { server: label, secrets: secrets(client, settings), signal });
          }
        },
        (listed) => ({ attributes: { tools: listed.length } }),
      ),
    ),
  );
  const names = modelNames(
    lists.map((tools, at) => tools.map(({ name }) => ({ prefix: servers[at]?.prefix ?? '', name }))),
  );
  const tools: McpTool[] = [];
  const skipped: SkippedMcpTool[] = [];
  for (const [at, server] of servers.entries())
    for (const [place, definition] of (lists[at] ?? []).entries()) {
      const made = toolOf(definition, names[at]?.[place], server, settings);
      if (typeof made === 'string')
        skipped.push({ server: server.label, name: clean(definition.name, 128), reason: made });
      else if (settings.filter?.(made) !== false) tools.push(made);
    }
  return { tools, skipped };
}

/** A tool, or why there is none. */
function toolOf(
  definition: McpToolDefinition,
  name: string | undefined,
  { client, label }: Server,
  settings: Settings,
): McpTool | string {
  if (name === undefined) return 'another tool has that name';
  const parameters = cleanSchema(definition.inputSchema);
  if ('problem' in parameters) return parameters.problem;
  const { trusted = false, maxDescriptionChars: maxChars } = settings;
  const tellName = !isReadable(definition.name);
  const { outputSchema } = definition;
  return {
    name,
    description: describe(definition, { server: label, trusted, maxChars, tellName }),
    parameters: parameters.schema,
    timeoutMs: settings.timeoutMs,
    serverName: definition.name,
    server: label,
    annotations: { ...definition.annotations },
    ...(outputSchema === undefined ? {} : { outputSchema }),
    execute: (args, { signal, progress, parent }) =>
      inSpan(
        'mcp.call',
        { attributes: { method: 'tools/call', server: label, tool: definition.name }, parent },
        () => callTool(definition, name, args, { client, label, settings, signal, progress }),
      ),
  };
}

async function callTool(
  definition: McpToolDefinition,
  name: string,
  args: JsonObject,
  {
    client,
    label,
    settings,
    signal,
    progress,
  }: { client: McpClient; label: string; settings: Settings } & Pick<ToolContext, 'signal' | 'progress'>,
): Promise<unknown> {
  const about = { server: label, secrets: secrets(client, settings), signal };
  const { timeoutMs: timeout, trusted } = settings;
  // Without its schema the SDK does not run the patterns in it over what the server gave.
  const { outputSchema: _, ...unchecked } = definition;
  const toolDefinition = (trusted === true ? definition : unchecked) as never;
  // A server is asked for progress only where somebody reads it.
  const onprogress = (told: McpProgress): void =>
    void progress?.({
      progress: told.progress,
      ...(told.total === undefined ? {} : { total: told.total }),
      ...(told.message === undefined ? {} : { message: clean(told.message, MAX_PROGRESS_TEXT) }),
    });
  try {
    const result = await client.callTool(
      { name: definition.name, arguments: args },
      {
        signal,
        timeout,
        maxTotalTimeout: timeout,
        toolDefinition,
        ...(progress === undefined ? {} : { onprogress }),
      },
    );
    if (result.isError === true) throw toolFailed(name, textOf(result), about);
    return toolValue(result, settings);
  } catch (error) {
    throw fromSdk(error, about);
  }
}

function secrets(client: McpClient, { secrets: given = [] }: Settings): readonly string[] {
  return [...given, ...secretsOf(client)];
}
