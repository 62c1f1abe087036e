export {
  runTools,
  sumUsage,
  type Approval,
  type RunToolsEvent,
  type RunToolsOptions,
  type RunToolsResult,
} from './run-tools.ts';
export { streamTools, type StreamToolsOptions, type ToolsStream } from './stream-tools.ts';
export { tool, toolBlocks, type Tool, type ToolOptions } from './tool.ts';
