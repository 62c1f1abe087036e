import type { LLM, QueryEngine, Retriever } from '@mortise/core';
import {
  connectMcp,
  mcpErrorText,
  mcpTools,
  serveMcp,
  type McpClient,
  type McpServing,
  type McpTool,
} from '@mortise/mcp';
import { prompt, runTools, tool } from '@mortise/toolkit';
import { z } from 'zod';

export async function answered(
  llm: LLM,
  command: string,
  args: string[],
  url: string,
  token: string,
): Promise<string> {
  // #region use
  const files = await connectMcp({ command, args }); // a program, over standard input and output
  const web = await connectMcp({ url, token, allowPrivate: ['127.0.0.1'] }); // streamable HTTP

  const mcp = await mcpTools({ files, web });
  const { text } = await runTools(llm, 'What is in the README?', {
    tools: mcp.tools,
    toolErrors: mcpErrorText, // what a server says went wrong is for the model
    approve: ({ name }) => name !== 'files__delete' || 'Nothing is deleted here.',
  });
  // #endregion
  await mcp.close();
  await Promise.all([files.close(), web.close()]);
  return text;
}

export async function chosen(client: McpClient, log: (line: string) => void): Promise<readonly McpTool[]> {
  // #region choose
  const mcp = await mcpTools(client, {
    prefix: 'shop',
    filter: ({ serverName }) => serverName.startsWith('orders.'),
    onChange: (tools) => log(`${tools.length} tools now`),
  });
  for (const { name, reason } of mcp.skipped) log(`${name} is not shown: ${reason}`);
  // #endregion
  await mcp.close();
  return mcp.tools;
}

export function served(retriever: Retriever, queryEngine: QueryEngine, token: string): McpServing {
  // #region serve
  const rate = {
    ...tool({
      name: 'rate',
      description: 'The exchange rate of two currencies.',
      parameters: z.object({ from: z.string().length(3), to: z.string().length(3) }),
      execute: ({ from, to }) => ({ pair: `${from}${to}`, rate: 1.08 }),
    }),
    outputSchema: z.object({ pair: z.string(), rate: z.number() }),
    annotations: { readOnlyHint: true },
  };
  const serving = serveMcp({
    name: 'handbook',
    about: 'of the handbook',
    tools: [rate],
    retriever, // as `search`
    queryEngine, // as `ask`
    prompts: {
      letter: { template: prompt('Write a letter to {whom} about {what}.'), description: 'A letter.' },
    },
    token,
  });
  // #endregion
  return serving;
}
