import { MortiseError } from '@mortise/core';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { checkOptions, heard } from '@mortise/core/shared';
import {
  context,
  createContextKey,
  metrics,
  SpanStatusCode,
  trace,
  type Context,
  type MeterProvider,
  type Span,
  type TracerProvider,
} from '@opentelemetry/api';
import { contentWriter, type ContentOptions, type ContentWriter } from './content.ts';
import {
  described,
  ended,
  errorType,
  mcpAttributes,
  operationOf,
  pointAttributes,
  type EndEvent,
} from './describe.ts';
import { measures, type CostOf, type Measures } from './metrics.ts';
import * as names from './names.ts';
import { recordOf, textOf, wordOf } from './read.ts';

/** Where it reports to, and what of. */
export interface ReportOptions {
  /** Default: the one that is registered with `@opentelemetry/api`, also where that happens later. */
  tracerProvider?: TracerProvider | undefined;
  /** Default: the one that is registered when this is called, since the API has none that waits. */
  meterProvider?: MeterProvider | undefined;
  /**
   * Records what users and models wrote: prompts, replies, queries, arguments and results of tools, words of errors. Each text goes through
   * `redact`. Default: none of it is recorded, nor handed to this package.
   */
  content?: boolean | ContentOptions | undefined;
  /**
   * What a call cost, in your currency: `mortise.cost` of its span, and the metric `mortise.client.cost`. With the toolkit:
   * `(call) => costOf(call, prices)`. Default: nobody counts.
   */
  costOf?: CostOf | undefined;
}

const NAME = '@mortise/opentelemetry';
const VERSION = '1.0.0';

/**
 * Reports every operation of this process to OpenTelemetry, as spans and metrics by the conventions for generative AI, until the
 * returned function is called; spans that are open then are ended.
 *
 * ```ts
 * const stop = reportToOpenTelemetry();
 * ```
 *
 * Throws `configuration` for options that cannot be read, and for bounds that are no whole numbers.
 */
export function reportToOpenTelemetry(given: ReportOptions = {}): () => void {
  const options = checkOptions(given, 'configuration');
  const { tracerProvider = trace, meterProvider = metrics, costOf } = options;
  const content = contentOf(options);
  const reporter = new Reporter(
    tracerProvider.getTracer(NAME, VERSION, { schemaUrl: names.SCHEMA_URL }),
    measures(meterProvider.getMeter(NAME, VERSION, { schemaUrl: names.SCHEMA_URL }), names.usesLatest()),
    content,
    costOf,
  );
  const stop = subscribe((event) => reporter.take(event), {
    captureContent: content !== undefined,
    around: (spanId, work) => reporter.around(spanId, work),
  });
  return () => {
    stop();
    reporter.close();
  };
}

function contentOf({ content = false }: ReportOptions): ContentWriter | undefined {
  if (content === false) return undefined;
  const options = content === true ? {} : checkOptions(content, 'configuration');
  for (const name of ['maxTextChars', 'maxAttributeChars'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new MortiseError('configuration', `content.${name} is not a whole number from 1.`);
  }
  return contentWriter(options);
}

/** In a context, the operation whose context it is: what starts there with it as parent begins where that context is. */
const RUNNING = /* @__PURE__ */ createContextKey('mortise.span');

/** An operation under way. */
interface Running {
  readonly name: string;
  readonly span: Span;
  /** The one in which its work is run. */
  readonly context: Context;
  readonly conversation: string | undefined;
  /** Of a call whose span is that of the tool around it: its end is told there. */
  readonly isInside: boolean;
}

class Reporter {
  readonly #tracer: ReturnType<TracerProvider['getTracer']>;
  readonly #measures: Measures | undefined;
  readonly #content: ContentWriter | undefined;
  readonly #costOf: CostOf | undefined;
  readonly #running = new Map<string, Running>();

  constructor(
    tracer: ReturnType<TracerProvider['getTracer']>,
    measured: Measures | undefined,
    content: ContentWriter | undefined,
    costOf: CostOf | undefined,
  ) {
    this.#tracer = tracer;
    this.#measures = measured;
    this.#content = content;
    this.#costOf = costOf;
  }

  take(event: MortiseEvent): void {
    if (event.phase === 'start') this.#start(event);
    else if (event.phase === 'point') this.#point(event);
    else this.#end(event);
  }

  /** The span is the active one, for whatever else traces, in every piece of the operation's work. */
  around(spanId: string, work: () => unknown): unknown {
    const running = this.#running.get(spanId);
    if (running === undefined) return work();
    return context.with(running.context, work);
  }

  close(): void {
    for (const { span, isInside } of this.#running.values()) if (!isInside) span.end();
    this.#running.clear();
  }

  #start(event: MortiseEvent): void {
    const { name, spanId, parentId, attributes } = event;
    const parent = parentId === undefined ? undefined : this.#running.get(parentId);
    const active = context.active();
    // What the application traces between two of ours is between their spans too. Where its context is lost, or the parent was
    // handed down by option, the span's own context is what goes on.
    const around = parent === undefined || active.getValue(RUNNING) === parentId ? active : parent.context;
    const conversation =
      wordOf(name === 'chat' ? attributes['conversation'] : undefined) ?? parent?.conversation;
    if (name === 'mcp.call' && parent !== undefined && parent.name === 'tool.execute') {
      parent.span.setAttributes(mcpAttributes(attributes));
      const inside = { ...parent, context: parent.context.setValue(RUNNING, spanId), isInside: true };
      this.#running.set(spanId, inside);
      return;
    }
    const { name: called, kind, attributes: told } = described(event);
    if (conversation !== undefined && operationOf(name) !== undefined)
      told[names.CONVERSATION_ID] = conversation;
    if (this.#content !== undefined) Object.assign(told, this.#content.of(event));
    const span = this.#tracer.startSpan(called, { kind, attributes: told }, around);
    this.#running.set(spanId, {
      name,
      span,
      context: trace.setSpan(around, span).setValue(RUNNING, spanId),
      conversation,
      isInside: false,
    });
  }

  #end(event: EndEvent): void {
    const running = this.#running.get(event.spanId);
    this.#running.delete(event.spanId);
    const { cost, failure } = this.#cost(event);
    try {
      this.#measures?.ended(event, cost);
    } finally {
      // A span that is not ended is never sent.
      if (running !== undefined && !running.isInside) this.#close(running.span, event, cost);
    }
    // What the application's function throws goes where core reports what subscribers throw.
    if (failure !== undefined) throw failure.cause;
  }

  #close(span: Span, event: EndEvent, cost: number | undefined): void {
    try {
      if (!span.isRecording()) return;
      const told = ended(event);
      if (this.#content !== undefined) Object.assign(told, this.#content.of(event));
      span.setAttributes(told);
      if (cost !== undefined) span.setAttribute('mortise.cost', cost);
      if (event.phase === 'error') this.#fail(span, event);
    } finally {
      span.end();
    }
  }

  /** A reader that goes away has what it wanted. The words of an error may be those of a prompt or a reply. */
  #fail(span: Span, { name, error, attributes }: Extract<EndEvent, { phase: 'error' }>): void {
    if (attributes['left'] === true) return;
    const type = errorType(error);
    span.setAttribute(names.ERROR_TYPE, type);
    const words = wordsOf(error);
    const message = words === undefined ? undefined : this.#content?.text(words, 'error.message', name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: message ?? type });
  }

  #point(event: MortiseEvent): void {
    if (event.name === 'cache') this.#measures?.cache(event);
    const span = this.#running.get(event.spanId)?.span;
    if (span?.isRecording() !== true) return;
    const { message } = event.attributes;
    const words =
      typeof message === 'string' ? this.#content?.text(message, 'mortise.message', event.name) : undefined;
    span.addEvent(`mortise.${wordOf(event.name)?.replaceAll('-', '_')}`, {
      ...pointAttributes(event),
      ...(words === undefined ? {} : { 'mortise.message': words }),
    });
  }

  #cost({ name, attributes: said }: EndEvent): { cost?: number; failure?: { readonly cause: unknown } } {
    const { provider, model, answeredBy = model, inputTokens } = said;
    if (this.#costOf === undefined || operationOf(name) === undefined || name === 'run-tools') return {};
    if (typeof provider !== 'string' || typeof answeredBy !== 'string') return {};
    const usage = said['usage'] ?? (inputTokens === undefined ? undefined : { inputTokens });
    if (usage === undefined) return {};
    try {
      const cost = heard(this.#costOf({ usage, provider, model: answeredBy }));
      return typeof cost === 'number' && Number.isFinite(cost) ? { cost } : {};
    } catch (cause) {
      return { failure: { cause } };
    }
  }
}

function wordsOf(error: unknown): string | undefined {
  try {
    return textOf(recordOf(error)['message']);
  } catch {
    return undefined;
  }
}
