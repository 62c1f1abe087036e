import type { SynthesizerSubject } from '@mortise/conformance';
import type { ChatMessage, LLM } from '@mortise/core';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import {
  createResponseStream,
  type Citation,
  type QueryResponse,
  type ResponseStreamEvent,
  type ResponseSynthesizer,
} from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import { CitationSynthesizer, RefineSynthesizer } from '@mortise/rag';
import { answerFaults, changing, streaming, type AnswerFault, type Asked } from './answering.ts';

export interface SynthesizerMutant {
  readonly fault: string;
  readonly caughtBy: string;
  readonly create: SynthesizerSubject['create'];
}

type Make = (llm: LLM) => ResponseSynthesizer;

const citing: Make = (llm) => new CitationSynthesizer({ llm });

function mutated({ fault, caughtBy, mutate }: AnswerFault, make: Make = citing): SynthesizerMutant {
  return {
    fault,
    caughtBy,
    create(llm) {
      const inner = make(llm);
      const ask = (query: QueryInput, nodes: readonly NodeWithScore[]): Asked =>
        mutate(
          {
            whole: (options) => inner.synthesize(query, nodes, options),
            stream: (options) => inner.streamSynthesize(query, nodes, options),
          },
          llm,
        );
      return {
        synthesize: (query, nodes, options = {}) => ask(query, nodes).whole(options),
        streamSynthesize: (query, nodes, options = {}) => ask(query, nodes).stream(options),
      };
    },
  };
}

/** Citations are read in another way. */
const reading = (
  fault: string,
  caughtBy: string,
  read: (citation: Citation, response: QueryResponse) => Citation,
): SynthesizerMutant =>
  mutated(
    changing(fault, caughtBy, (response) => ({
      ...response,
      citations: response.citations.map((citation) => read({ ...citation }, response)),
    })),
  );

const without = ({ problem: _problem, ...citation }: Citation): Citation => citation;

/** Messages are changed on their way to the model. */
function sending(llm: LLM, change: (text: string) => string): LLM {
  const changed = (input: Parameters<LLM['chat']>[0]) =>
    (input as readonly ChatMessage[]).map((message) => ({
      ...message,
      content: change(message.content as string),
    }));
  return {
    provider: llm.provider,
    model: llm.model,
    metadata: llm.metadata,
    chat: (input, options) => llm.chat(changed(input), options),
    streamChat: (input, options) => llm.streamChat(changed(input), options),
    complete: (prompt, options) => llm.complete(prompt, options),
    streamComplete: (prompt, options) => llm.streamComplete(prompt, options),
  };
}

/** The citations of one piece of an answer, as if it were all of it. */
async function citationsIn(text: string, sources: readonly NodeWithScore[]): Promise<Citation[]> {
  const llm = new ScriptedLLM({ replies: [text] });
  return (await new CitationSynthesizer({ llm }).synthesize('x', sources)).citations;
}

/** Broken synthesizers, each with the case that must catch it. */
export const synthesizerMutants: readonly SynthesizerMutant[] = [
  ...answerFaults.map((fault) => mutated(fault)),
  reading(
    'counts the offsets of a quote from 1',
    'citation.right',
    ({ quoteStart, quoteEnd, ...citation }) => ({
      ...citation,
      ...(quoteStart === undefined ? {} : { quoteStart: quoteStart + 1 }),
      ...(quoteEnd === undefined ? {} : { quoteEnd: quoteEnd + 1 }),
    }),
  ),
  {
    fault: 'counts the sources that have a text',
    caughtBy: 'citation.empty-source',
    create(llm) {
      const inner = citing(llm);
      const filled = (nodes: readonly NodeWithScore[]) => nodes.filter(({ node }) => node.text !== '');
      return {
        synthesize: (query, nodes, options) => inner.synthesize(query, filled(nodes), options),
        streamSynthesize: (query, nodes, options) => inner.streamSynthesize(query, filled(nodes), options),
      };
    },
  },
  reading('believes every number', 'citation.unknown', (citation) =>
    citation.problem === 'unknown-source' ? without(citation) : citation,
  ),
  reading('takes 0 for the last source', 'citation.zero', (citation, { sources }) =>
    citation.number === 0 ? { ...without(citation), nodeId: sources.at(-1)!.node.id } : citation,
  ),
  reading('believes every quote', 'citation.misquote', (citation) =>
    citation.problem === 'misquote' ? without(citation) : citation,
  ),
  reading('takes a quote from any source', 'citation.other-source', (citation) =>
    citation.problem === 'other-source' ? without(citation) : citation,
  ),
  mutated(
    streaming('looks for citations in each delta alone', 'citation.split', ({ stream }, options) =>
      createResponseStream({
        name: 'mutant',
        async *events() {
          const citations: Citation[] = [];
          let sources: NodeWithScore[] = [];
          for await (const event of stream(options) as AsyncIterable<ResponseStreamEvent>) {
            if (event.type === 'sources') sources = event.sources;
            if (event.type === 'text-delta') citations.push(...(await citationsIn(event.delta, sources)));
            if (event.type !== 'finish') yield event;
            else yield { type: 'finish', response: { ...event.response, citations } };
          }
        },
      }),
    ),
  ),
  {
    fault: "hands out its caller's objects",
    caughtBy: 'nodes.not-mutated',
    create(llm) {
      const inner = citing(llm);
      return {
        synthesize: async (query, nodes, options) => ({
          ...(await inner.synthesize(query, nodes, options)),
          sources: nodes.slice(),
        }),
        streamSynthesize: (query, nodes, options) => inner.streamSynthesize(query, nodes, options),
      };
    },
  },
  mutated(
    changing('tells the usage of the last call', 'model.usage', (response) => ({
      ...response,
      usage: { inputTokens: 7, outputTokens: 3 },
    })),
    (llm) => new RefineSynthesizer({ llm }),
  ),
  mutated(
    changing('leaves sources out in silence', 'model.shown', (response) => ({ ...response, warnings: [] })),
  ),
  {
    fault: 'takes the same tags whatever a source holds',
    caughtBy: 'model.untrusted',
    create: (llm) => citing(sending(llm, (text) => text.replaceAll(/(<\/?source)\d+_/g, '$1_'))),
  },
];
