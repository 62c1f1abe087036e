/**
 * Spans of all that happens, to any backend that takes OTLP. `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node traces.ts`
 */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { OpenAILLM } from '@mortise/openai';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';
import { runTools, tool } from '@mortise/toolkit';
import { z } from 'zod';

const tracerProvider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'saw-mill' }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracerProvider);
// Names, tokens and times. With `content: { redact }` also what was said, where you may keep it.
reportToOpenTelemetry();

const stock = tool({
  name: 'stock',
  description: 'How much of a kind of wood there is, in cubic metres.',
  parameters: z.object({ wood: z.string() }),
  execute: ({ wood }) => ({ wood, cubicMetres: 12 }),
});

const llm = new OpenAILLM({ model: 'gpt-5.4-mini', baseURL: process.env['OPENAI_BASE_URL'] });
const answer = await trace.getTracer('saw-mill').startActiveSpan('GET /stock', async (span) => {
  try {
    return await runTools(llm, 'Have we enough oak for ten tables?', { tools: [stock] });
  } finally {
    span.end();
  }
});
console.log(answer.text);
await tracerProvider.shutdown(); // or the last spans are not sent
