import { isObject } from '@mortise/core/shared';
import { mcpError, type McpClient, type McpToolDefinition } from './client.ts';

export interface ListBounds {
  readonly maxPages: number;
  readonly maxTools: number;
  /** Milliseconds for all pages together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * All tools of a server, page by page. By our own requests and not by the SDK's `listTools()`, which would hold up to 64 pages
 * of any size before it gives any.
 */
export async function listTools(client: McpClient, bounds: ListBounds): Promise<McpToolDefinition[]> {
  const { maxPages, maxTools, timeoutMs, signal } = bounds;
  const until = performance.now() + timeoutMs;
  const options = () => {
    const left = Math.max(1, Math.round(until - performance.now()));
    return { timeout: left, maxTotalTimeout: left, ...(signal === undefined ? {} : { signal }) };
  };
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const tools: McpToolDefinition[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = checked(
      await client.request(
        { method: 'tools/list', params: cursor === undefined ? {} : { cursor } },
        options(),
      ),
    );
    if (tools.length + page.tools.length > maxTools) throw tooLong(`more than ${maxTools} tools`, 'maxTools');
    tools.push(...page.tools);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
    if (cursors.has(cursor)) throw tooLong('a list that begins again', 'maxPages');
    if (pages >= maxPages) throw tooLong(`more than ${maxPages} pages of tools`, 'maxPages');
    cursors.add(cursor);
  }
  // The specification forbids tools whose headers are wrong; the SDK's own list leaves them out.
  if (client.getProtocolEra() !== 'modern' || !JSON.stringify(tools).includes('"x-mcp-header"')) return tools;
  const listed = await client.listTools(undefined, { ...options(), cacheMode: 'refresh' });
  const names = new Set(listed.tools.map(({ name }) => name));
  return tools.filter(({ name }) => names.has(name));
}

type Page = Awaited<ReturnType<McpClient['request']>>;

/** The SDK has looked at it; a client of another make may not have. */
function checked(page: Page): Page {
  try {
    const { tools, nextCursor } = page;
    const isWhole = Array.from(tools).every(
      (each: Partial<McpToolDefinition> | undefined) => isObject(each) && typeof each.name === 'string',
    );
    if (isWhole && Array.isArray(tools) && (nextCursor === undefined || typeof nextCursor === 'string'))
      return { tools: structuredClone(tools), nextCursor };
  } catch {
    // What cannot even be looked at is no list either.
  }
  throw mcpError('malformed-response', 'The MCP server lists what are no tools. Update it, or its client.');
}

function tooLong(what: string, option: string): Error {
  const message = `The MCP server lists ${what}; it was read no further. Raise ${option} if that is right.`;
  return mcpError('malformed-response', message);
}
