import { createServer, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider, type TracerProviderOptions } from '@opentelemetry/sdk-trace';
// The last release whose protobuf code was generated from the project's own .proto files, decoders included.
import generated from '@opentelemetry/otlp-transformer/build/src/generated/root.js';

/** A value as OTLP has it. */
interface AnyValue {
  stringValue?: string | null;
  boolValue?: boolean | null;
  intValue?: { toNumber(): number } | number | null;
  doubleValue?: number | null;
  arrayValue?: { values: AnyValue[] } | null;
}
interface KeyValue {
  key: string;
  value: AnyValue;
}

/** A span as it arrived. */
export interface GotSpan {
  readonly name: string;
  /** As in OTLP: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly status: { readonly code: number; readonly message: string };
  readonly scope: string;
}

/** The points of one metric. */
export interface GotMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly count: number;
    readonly sum: number;
    readonly bounds: readonly number[];
  }[];
}

export interface Receiver {
  readonly url: string;
  readonly spans: GotSpan[];
  readonly metrics: Map<string, GotMetric>;
  /** All bytes that came, as text. */
  readonly raw: string[];
  close(): Promise<void>;
}

/** What of the generated messages is read. */
interface Messages {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: Decoder<TraceRequest> } };
        readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: Decoder<MetricsRequest> } };
      };
    };
  };
}
interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}
interface TraceRequest {
  resourceSpans: { scopeSpans: { scope?: { name: string } | null; spans: WireSpan[] }[] }[];
}
interface WireSpan {
  name: string;
  kind: number;
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId?: Uint8Array | null;
  attributes: KeyValue[];
  events: { name: string; attributes: KeyValue[] }[];
  status?: { code?: number; message?: string } | null;
}
interface MetricsRequest {
  resourceMetrics: { scopeMetrics: { metrics: WireMetric[] }[] }[];
}
type Count = number | { toNumber(): number };
interface WireMetric {
  name: string;
  unit: string;
  histogram?: {
    dataPoints: { attributes: KeyValue[]; count: Count; sum?: number; explicitBounds: number[] }[];
  } | null;
  sum?: { dataPoints: { attributes: KeyValue[]; asInt?: Count | null; asDouble?: number | null }[] } | null;
}

const { collector } = (generated as unknown as Messages).opentelemetry.proto;

/** A server that takes OTLP over HTTP, and decodes it by the official protobuf messages. */
export async function startReceiver(): Promise<Receiver> {
  const spans: GotSpan[] = [];
  const metrics = new Map<string, GotMetric>();
  const raw: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      raw.push(bytes.toString('latin1'), bytes.toString('utf8'));
      if (request.url === '/v1/traces') spans.push(...spansOf(bytes));
      if (request.url === '/v1/metrics')
        for (const metric of metricsOf(bytes)) metrics.set(metric.name, metric);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    raw,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function spansOf(bytes: Uint8Array): GotSpan[] {
  const { resourceSpans } = collector.trace.v1.ExportTraceServiceRequest.decode(bytes);
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        name: span.name,
        kind: span.kind,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId ?? new Uint8Array()),
        attributes: attributesOf(span.attributes),
        events: span.events.map(({ name, attributes }) => ({ name, attributes: attributesOf(attributes) })),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
        scope: scope?.name ?? '',
      })),
    ),
  );
}

function metricsOf(bytes: Uint8Array): GotMetric[] {
  const { resourceMetrics } = collector.metrics.v1.ExportMetricsServiceRequest.decode(bytes);
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.map(({ name, unit, histogram, sum }) => ({
        name,
        unit,
        points: [
          ...(histogram?.dataPoints ?? []).map((point) => ({
            attributes: attributesOf(point.attributes),
            count: numberOf(point.count),
            sum: point.sum ?? 0,
            bounds: point.explicitBounds,
          })),
          ...(sum?.dataPoints ?? []).map((point) => ({
            attributes: attributesOf(point.attributes),
            count: numberOf(point.asInt ?? point.asDouble ?? 0),
            sum: numberOf(point.asInt ?? point.asDouble ?? 0),
            bounds: [],
          })),
        ],
      })),
    ),
  );
}

function attributesOf(pairs: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf({ stringValue, boolValue, intValue, doubleValue, arrayValue }: AnyValue): unknown {
  if (arrayValue != null) return arrayValue.values.map(valueOf);
  if (intValue != null) return numberOf(intValue);
  return stringValue ?? boolValue ?? doubleValue;
}

function numberOf(value: number | { toNumber(): number }): number {
  return typeof value === 'number' ? value : value.toNumber();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export interface Sdk {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** Sends all that is there. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** The SDK's exporters and instrumentations want an API from 1.10 on: on an older one, which this package takes, there are none to test with. */
export const hasExporters = 'logs' in api;

/** The SDK of OpenTelemetry with its OTLP exporters, as an application sets it up. */
export async function startSdk(url: string, options: TracerProviderOptions = {}): Promise<Sdk> {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  const tracerProvider = new TracerProvider({
    ...options,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${url}/v1/traces` }),
        maxQueueSize: 50_000,
      }),
    ],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
    exportIntervalMillis: 3_600_000,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const manager = new AsyncLocalStorageContextManager().enable();
  api.context.setGlobalContextManager(manager);
  return {
    tracerProvider,
    meterProvider,
    async flush() {
      await tracerProvider.forceFlush();
      await reader.forceFlush();
    },
    async shutdown() {
      await tracerProvider.shutdown();
      await meterProvider.shutdown();
      api.context.disable();
      api.trace.disable();
      api.propagation.disable();
    },
  };
}
