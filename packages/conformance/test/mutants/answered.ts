import type { RerankResult } from '@mortise/core/reranker';
import type { WireTarget } from '@mortise/conformance';
import type { ChatInput, ChatOptions, ChatResponse, ChatStream, CompletionResponse } from '@mortise/core/llm';
import { ReferenceLLM } from '../reference/adapter.ts';
import { ReferenceReranker } from '../reference/vectors.ts';
import { mutant, type Mutant } from './mutant.ts';
import type { RerankerMutant } from './reranker.ts';

const nameless = class extends ReferenceLLM {
  constructor({ url, settings }: WireTarget) {
    super({ url, settings: { ...settings, name: undefined } });
  }
};

/** What is wrong with what responses say of who answered. */
export const answered: readonly Mutant[] = [
  mutant(
    'does not say who answered',
    'answered.by',
    class extends ReferenceLLM {
      override async chat(...call: Parameters<ReferenceLLM['chat']>): Promise<ChatResponse> {
        const { provider: _provider, ...response } = await super.chat(...call);
        return response;
      }
    },
  ),
  mutant(
    'names another integration in completions',
    'answered.by',
    class extends ReferenceLLM {
      override async complete(...call: Parameters<ReferenceLLM['complete']>): Promise<CompletionResponse> {
        return { ...(await super.complete(...call)), provider: 'another' };
      }
    },
  ),
  mutant(
    'says only at the end who answers',
    'answered.by',
    class extends ReferenceLLM {
      override streamChat(input: ChatInput, options?: ChatOptions): ChatStream {
        const stream = super.streamChat(input, options);
        return new Proxy(stream, {
          get(target, key) {
            if (key === 'partial') return { ...target.partial, provider: undefined };
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      }
    },
  ),
  mutant('forgets the name of its server', 'answered.server', nameless),
  mutant(
    'names a server that nobody named',
    'answered.server',
    class extends ReferenceLLM {
      override async chat(...call: Parameters<ReferenceLLM['chat']>): Promise<ChatResponse> {
        return { server: this.url, ...(await super.chat(...call)) };
      }
    },
  ),
];

const ranking = (
  fault: string,
  caughtBy: string,
  change: (result: RerankResult) => RerankResult,
): RerankerMutant => ({
  fault,
  caughtBy,
  create: (target) => {
    const Adapter = class extends ReferenceReranker {
      override async rerank(...call: Parameters<ReferenceReranker['rerank']>): Promise<RerankResult> {
        return change(await super.rerank(...call));
      }
    };
    return new Adapter(target);
  },
});

export const rerankersAnswered: readonly RerankerMutant[] = [
  ranking('does not say which model answered', 'answered.by', ({ model: _model, ...result }) => result),
  ranking('names no integration where nothing was sent', 'answered.by', ({ provider = '', ...result }) => ({
    ...result,
    ...(result.results.length > 0 ? { provider } : {}),
  })),
  ranking('gives its integration for the server', 'answered.server', (result) => ({
    ...result,
    server: 'reference',
  })),
];
