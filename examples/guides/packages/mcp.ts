// #region imports
import type { LLM } from '@mortise/core';
import { connectMcp, mcpErrorText, mcpTools } from '@mortise/mcp';
import { runTools } from '@mortise/toolkit';
// #endregion

export async function answered(llm: LLM, command: string, args: string[]): Promise<string> {
  // #region use
  // A program such as 'npx' with '-y', '@modelcontextprotocol/server-filesystem', '.'; or { url, token } of a server.
  const files = await connectMcp({ command, args });

  const mcp = await mcpTools({ files }); // files__read_file and so on
  const { tools } = mcp;
  const { text } = await runTools(llm, 'What is in the README?', { tools, toolErrors: mcpErrorText });
  // #endregion
  await mcp.close();
  await files.close();
  return text;
}
