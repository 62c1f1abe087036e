export { connectMcp, type McpConnection, type McpHttpOptions, type McpStdioOptions } from './connect.ts';
export { mcpErrorText } from './errors.ts';
export { mcpFetch, type McpFetchOptions } from './fetch.ts';
export { mcpTools, type McpTool, type McpTools, type McpToolsOptions, type SkippedMcpTool } from './tools.ts';
export type {
  McpClient,
  McpProgress,
  McpRequestOptions,
  McpSubscription,
  McpToolAnnotations,
  McpToolDefinition,
  McpToolResult,
} from './client.ts';
export type { Lookup } from './addresses.ts';
export {
  serveMcp,
  type McpServed,
  type McpServing,
  type McpTransport,
  type ServeMcpOptions,
} from './serve.ts';
export type { FilledPrompt, ServedPrompt } from './served-prompt.ts';
export type { ServedTool } from './served-tool.ts';
