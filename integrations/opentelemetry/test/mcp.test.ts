import { ScriptedLLM } from '@mortise/core/testing';
import { mcpTools, type McpClient } from '@mortise/mcp';
import { toolCallBlock } from '@mortise/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';
import { runTools } from '@mortise/toolkit';
import { expect, it } from 'vitest';

/** As much of a client as is used. */
function client(call: () => Promise<object>): McpClient {
  return {
    getServerVersion: () => ({ name: 'house', version: '1' }),
    getServerCapabilities: () => ({ tools: {} }),
    getProtocolEra: () => 'modern',
    request: async () => ({ tools: [{ name: 'look', inputSchema: { type: 'object' } }] }),
    listTools: async () => ({ tools: [{ name: 'look', inputSchema: { type: 'object' } }] }),
    callTool: call,
    setNotificationHandler: () => undefined,
    removeNotificationHandler: () => undefined,
    listen: async () => ({ close: async () => undefined, closed: Promise.resolve('local' as const) }),
  };
}

it("a tool of an MCP server is one span, with the server's method; its list is a span of its own", async () => {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const stop = reportToOpenTelemetry({ tracerProvider });
  const { tools, close } = await mcpTools(
    client(async () => ({ content: [{ type: 'text', text: 'seen' }] })),
  );
  const call = [toolCallBlock('1', 'look', '{}')];
  await runTools(new ScriptedLLM({ replies: [call, 'x'] }), 'x', { tools });
  await tools[0]!.execute({}, { signal: new AbortController().signal, toolCallId: '2', rawArguments: {} });
  await close();
  stop();
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name }) => name)).toEqual([
    'tools/list',
    'chat script',
    'execute_tool look',
    'run-tools.step',
    'chat script',
    'run-tools.step',
    'invoke_agent',
    'tools/call look',
  ]);
  expect(spans[2]?.attributes).toMatchObject({ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'look' });
  // Of a tool that is called by itself there is no other span.
  expect(spans[7]?.attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look',
    'mcp.method.name': 'tools/call',
    'mortise.mcp.server': 'house',
  });
});
