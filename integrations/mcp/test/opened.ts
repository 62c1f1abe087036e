import { mcpTools as open, type McpTools } from '@mortise/mcp';
import { onTestFinished } from 'vitest';

/** Tools that are let go of when the test has ended: who listens to changes goes on, and files share a process. */
export const mcpTools = async (...given: Parameters<typeof open>): Promise<McpTools> => {
  const tools = await open(...given);
  onTestFinished(() => void tools.close());
  return tools;
};
