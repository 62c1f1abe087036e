export { connectMcp, type McpConnection, type McpHttpOptions, type McpStdioOptions } from './connect.ts';
export { mcpFetch, type McpFetchOptions } from './fetch.ts';
export { mcpTools, type McpTool, type McpTools, type McpToolsOptions, type SkippedMcpTool } from './tools.ts';
export type {
  McpClient,
  McpRequestOptions,
  McpSubscription,
  McpToolAnnotations,
  McpToolDefinition,
  McpToolResult,
} from './client.ts';
export type { Lookup } from './addresses.ts';
