export { agentTool, type AgentToolOptions } from './agent-tool.ts';
export type {
  Approval,
  ComingStep,
  FinishedStep,
  GivenApproval,
  PartialToolsResult,
  PendingApproval,
  RunToolsEvent,
  RunToolsOptions,
  RunToolsResult,
  StepSettings,
  StreamToolsOptions,
  ToolErrorText,
  ToolsCallState,
  ToolsInput,
  ToolsProgress,
  ToolsReplyState,
  ToolsState,
  ToolsStep,
  ToolsStream,
} from './contract.ts';
export { runTools } from './run-tools.ts';
export { streamTools } from './stream-tools.ts';
export { tool, toolBlocks, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';
export { sumUsage } from './usage.ts';
