export {
  runTools,
  sumUsage,
  type Approval,
  type RunToolsEvent,
  type RunToolsOptions,
  type RunToolsResult,
} from './run-tools.ts';
export { tool, toolBlocks, type Tool, type ToolOptions } from './tool.ts';
