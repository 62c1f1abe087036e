// #region setup
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';

/** Call it before anything else; call what it returns before the process ends, or the last spans are not sent. */
export function startTelemetry(service: string): () => Promise<void> {
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': service }));
  // Where to, and with which key, stands in the environment: OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS.
  const tracerProvider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  const stop = reportToOpenTelemetry();
  return async () => {
    stop();
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  };
}
// #endregion

/** Prompts and replies in the traces, without addresses of mail. */
export function withContent(): () => void {
  // #region content
  const email = /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{1,63}/g;
  const stop = reportToOpenTelemetry({ content: { redact: (text) => text.replace(email, '[email]') } });
  // #endregion
  return stop;
}
