import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScriptedLLM } from '@mortise/core/testing';
import { context, metrics, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, expect, it, vi } from 'vitest';
import { startTelemetry, withContent } from '../tracing.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  for (const api of [context, metrics, trace]) api.disable();
});

it('sends spans and metrics to where the environment says, with its headers, and the last ones at the end', async () => {
  const got = new Map<string, { body: string; key: unknown }>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.set(request.url!, {
        body: Buffer.concat(chunks).toString('latin1'),
        key: request.headers['x-key'],
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}/otlp`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=value');
  const end = startTelemetry('shop');
  const usage = { inputTokens: 3, outputTokens: 4 };
  await new ScriptedLLM({ replies: ['purple-answer'], usage }).chat('purple-question');
  await end();
  server.closeAllConnections();
  server.close();
  expect([...got.keys()].toSorted()).toEqual(['/otlp/v1/metrics', '/otlp/v1/traces']);
  expect(got.get('/otlp/v1/traces')?.body).toMatch(/shop[^]*chat script/);
  expect(got.get('/otlp/v1/metrics')?.body).toContain('gen_ai.client.token.usage');
  for (const { body, key } of got.values()) {
    expect(key).toBe('value');
    expect(body).not.toContain('purple');
  }
});

it('redacts what was said before it is recorded', async () => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  );
  const stop = withContent();
  await new ScriptedLLM({ replies: ['x'] }).chat('Write to ada@example.com, please.');
  stop();
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes['gen_ai.input.messages']).toContain('Write to [email], please.');
});
