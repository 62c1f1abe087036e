import type { WireTarget } from '@mortise/conformance';
import type { LLM } from '@mortise/core/llm';
import { KEY, MODEL } from './peer.ts';

/** One library under the suite. */
export interface Contender {
  readonly name: string;
  /** The packages whose versions the page names. */
  readonly packages: readonly string[];
  /** Loaded in the child alone, so that a peer which cannot be loaded fails by itself. */
  load(): Promise<(wire: WireTarget) => LLM>;
}

export const contenders: readonly Contender[] = [
  {
    name: '@mortise/openai',
    packages: ['@mortise/openai'],
    async load() {
      const { OpenAILLM } = await import('@mortise/openai');
      return ({ url, settings }) =>
        new OpenAILLM({
          model: MODEL,
          apiKey: KEY,
          api: 'chat-completions',
          baseURL: url,
          metadata: { capabilities: { reasoning: false } },
          ...settings,
        });
    },
  },
  {
    name: 'openai SDK',
    packages: ['openai'],
    async load() {
      const { OpenAISDK } = await import('./openai-sdk.ts');
      return (wire) => new OpenAISDK(wire);
    },
  },
  {
    name: 'LangChain',
    packages: ['@langchain/openai', '@langchain/core'],
    async load() {
      const { LangChain } = await import('./langchain.ts');
      return (wire) => new LangChain(wire);
    },
  },
  {
    name: 'AI SDK',
    packages: ['ai', '@ai-sdk/openai'],
    async load() {
      const { AISDK } = await import('./ai-sdk.ts');
      return (wire) => new AISDK(wire);
    },
  },
];
