export type {
  Approval,
  ComingStep,
  FinishedStep,
  PartialToolsResult,
  RunToolsEvent,
  RunToolsOptions,
  RunToolsResult,
  StepSettings,
  StreamToolsOptions,
  ToolErrorText,
  ToolsCallState,
  ToolsInput,
  ToolsReplyState,
  ToolsState,
  ToolsStep,
  ToolsStream,
} from './contract.ts';
export { runTools } from './run-tools.ts';
export { streamTools } from './stream-tools.ts';
export { tool, toolBlocks, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';
export { sumUsage } from './usage.ts';
