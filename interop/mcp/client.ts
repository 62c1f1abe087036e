import { connectMcp, mcpTools } from '@mortise/mcp';
import type { JsonObject } from '@mortise/core/shared';

/** What a scenario wants called; without a word of it, every tool, with numbers for what it takes. */
interface Scenario {
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: JsonObject }[];
}

const url = process.argv.at(-1) ?? '';
const { toolCalls } = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Scenario;
const client = await connectMcp({ url, allowPrivate: true });
const { tools } = await mcpTools(client);
const context = { signal: AbortSignal.timeout(20_000), toolCallId: '1', rawArguments: {} };
const calls = toolCalls ?? tools.map(({ serverName }) => ({ name: serverName, arguments: { a: 5, b: 3 } }));
for (const { name, arguments: args } of calls) {
  const tool = tools.find(({ serverName }) => serverName === name);
  if (tool === undefined) process.stderr.write(`no tool ${name}\n`);
  else console.log(await tool.execute(args, context));
}
await client.close();
