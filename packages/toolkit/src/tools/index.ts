export { agentTool, type AgentToolOptions } from './agent-tool.ts';
export type { Approval, GivenApproval, PendingApproval } from './approval-contract.ts';
export type {
  Approve,
  ComingStep,
  FinishedStep,
  PartialToolsResult,
  RunToolsOptions,
  RunToolsResult,
  StepSettings,
  StreamToolsOptions,
  ToolErrorText,
  ToolsInput,
  ToolsProgress,
  ToolsStep,
  ToolsStream,
} from './contract.ts';
export type { CallOf, RunToolsEvent } from './event-contract.ts';
export { toolsStateFromJson } from './read-state.ts';
export { runTools } from './run-tools.ts';
export type { ToolsCallState, ToolsReplyState, ToolsState } from './state-contract.ts';
export { streamTools } from './stream-tools.ts';
export { tool, toolBlocks, type Tool, type ToolCallContext, type ToolOptions } from './tool.ts';
export { sumUsage } from './usage.ts';
