import type { CallOptions, ChatMessage, ChatOptions, FinishReason, LLM, Usage, Warning } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import { toQuery, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import {
  createResponseStream,
  type Citation,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
  type ResponseSynthesizer,
} from '@mortise/core/synthesizer';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import { abortable } from '../abort.ts';
import { CitationScanner } from './citations.ts';
import { CITATION_PROMPT, citationPromptValues, sourceText, type CitationPrompt } from './prompt.ts';

export interface CitationSynthesizerOptions {
  /** Default: `CITATION_PROMPT`. Keep the variables and the bracketed numbers. */
  prompt?: CitationPrompt | undefined;
  /** What is said when there are no nodes. Default: `The answer was not found in the documents.` */
  notFoundText?: string | undefined;
  /** Tokens for the sources. Default: what the model's context window, if known, leaves beside prompt and answer. */
  maxSourceTokens?: number | undefined;
  /** Counts them. Default: `estimateTokenizer`. */
  tokenizer?: TokenCounter | undefined;
  /** Goes with every call to the model. */
  chat?:
    | Pick<ChatOptions, 'temperature' | 'topP' | 'maxOutputTokens' | 'seed' | 'reasoning' | 'providerOptions'>
    | undefined;
}

/** What is answered when the sources do not say. */
export const NOT_FOUND_TEXT = 'The answer was not found in the documents.';
/** Tokens kept for the answer when the model does not say how long one may be. */
const DEFAULT_ANSWER_TOKENS = 1024;

/**
 * One call to the model with all nodes as numbered sources, in the order they come, and an answer whose citations are
 * checked. Sources that do not fit are left out from the end, with a warning.
 */
export class CitationSynthesizer implements ResponseSynthesizer {
  readonly #llm: LLM;
  readonly #options: CitationSynthesizerOptions;

  constructor({ llm }: { llm: LLM }, options: CitationSynthesizerOptions = {}) {
    this.#llm = llm;
    this.#options = options;
  }

  synthesize(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<QueryResponse> {
    const { signal, parent, timeoutMs, deadlineMs } = options;
    return inSpan(
      'synthesize',
      { attributes: { nodes: nodes.length }, parent, content: () => ({ query }) },
      async (span) => {
        signal?.throwIfAborted();
        const { sources, messages, warnings } = this.#prepare(query, nodes);
        if (messages === undefined) return this.#notFound();
        const call = { ...this.#options.chat, signal, timeoutMs, deadlineMs, parent: span.id ?? parent };
        const reply = await abortable(signal, () => this.#llm.chat(messages, call));
        const scanner = new CitationScanner(sources);
        const citations = [...scanner.push(reply.text), ...scanner.end()];
        return toResponse(reply.text, sources, citations, [...warnings, ...reply.warnings], reply);
      },
      ({ outcome, text, citations }) => ({
        attributes: { outcome, citations: citations.length },
        content: () => ({ text }),
      }),
    );
  }

  streamSynthesize(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options: CallOptions = {},
  ): ResponseStream {
    const { signal, parent, timeoutMs, deadlineMs } = options;
    return createResponseStream({
      name: 'synthesize',
      attributes: { nodes: nodes.length },
      content: () => ({ query }),
      signal,
      parent,
      events: (call) => this.#stream(query, nodes, { ...call, timeoutMs, deadlineMs }),
    });
  }

  async *#stream(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    call: CallOptions,
  ): AsyncGenerator<ResponseStreamEvent> {
    const { sources, messages, warnings } = this.#prepare(query, nodes);
    yield { type: 'sources', sources };
    if (messages === undefined) {
      const response = this.#notFound();
      yield { type: 'text-delta', delta: response.text };
      yield { type: 'finish', response };
      return;
    }
    for (const warning of warnings) yield { type: 'warning', warning };

    const scanner = new CitationScanner(sources);
    const citations: Citation[] = [];
    const stream = this.#llm.streamChat(messages, { ...this.#options.chat, ...call });
    for await (const event of stream) {
      if (event.type === 'warning') yield event;
      if (event.type !== 'text-delta') continue;
      const { delta } = event;
      yield { type: 'text-delta', delta };
      for (const citation of scanner.push(delta)) {
        citations.push(citation);
        yield { type: 'citation', citation };
      }
    }
    for (const citation of scanner.end()) {
      citations.push(citation);
      yield { type: 'citation', citation };
    }
    const reply = await stream.final();
    const response = toResponse(scanner.text, sources, citations, [...warnings, ...reply.warnings], reply);
    yield { type: 'finish', response };
  }

  /** `messages` is absent when there is nothing to answer from. */
  #prepare(query: QueryInput, nodes: readonly NodeWithScore[]): Prepared {
    const sources = this.#fitting(nodes);
    if (sources.length === 0) return { sources: [], messages: undefined, warnings: [] };
    const values = citationPromptValues(
      toQuery(query).query,
      sources.map(({ node }) => node),
    );
    const messages = (this.#options.prompt ?? CITATION_PROMPT).format(values);
    const left = nodes.length - sources.length;
    const message = `${left} of ${nodes.length} sources were left out, as they do not fit into the model's context.`;
    return { sources, messages, warnings: left === 0 ? [] : [{ type: 'other', message }] };
  }

  /** At least one: whether a single one is too long is the model's to say. */
  #fitting(nodes: readonly NodeWithScore[]): NodeWithScore[] {
    const tokenizer = this.#options.tokenizer ?? estimateTokenizer;
    let room = this.#options.maxSourceTokens ?? this.#roomForSources();
    const fitting = nodes.filter(({ node }, at) => {
      if (room < 0) return false;
      room -= tokenizer.count(sourceText(node)) + TAG_TOKENS;
      return room >= 0 || at === 0;
    });
    return fitting.map((source) => ({ ...source }));
  }

  #roomForSources(): number {
    const { contextWindow, maxOutputTokens } = this.#llm.metadata;
    if (contextWindow === undefined) return Infinity;
    const answer =
      this.#options.chat?.maxOutputTokens ??
      Math.min(maxOutputTokens ?? DEFAULT_ANSWER_TOKENS, contextWindow / 2);
    return Math.max(0, contextWindow - answer - PROMPT_TOKENS);
  }

  #notFound(): QueryResponse {
    const text = this.#options.notFoundText ?? NOT_FOUND_TEXT;
    return { text, sources: [], citations: [], outcome: 'no-nodes', warnings: [], metadata: {} };
  }
}

/** The tags of one source, and the instructions with a question, in tokens, rounded up. */
const TAG_TOKENS = 24;
const PROMPT_TOKENS = 400;

interface Prepared {
  readonly sources: NodeWithScore[];
  readonly messages: ChatMessage[] | undefined;
  readonly warnings: readonly Warning[];
}

function toResponse(
  text: string,
  sources: NodeWithScore[],
  citations: Citation[],
  warnings: Warning[],
  { finishReason, usage }: { readonly finishReason: FinishReason; readonly usage: Usage },
): QueryResponse {
  const response = {
    text,
    sources,
    citations,
    outcome: 'answered',
    finishReason,
    usage,
    warnings,
    metadata: {},
  };
  if (text.trim() !== '') return response;
  const message = `The model answered with no text; it stopped for ${finishReason.raw}.`;
  return { ...response, warnings: [...warnings, { type: 'other', message }] };
}
