import type { LLMCapabilities } from '@mortise/core';

/** What every model of theirs is called with. */
const ALL: LLMCapabilities = { streaming: true };

/** What their own providers are known to take. A model may take less, and says so. */
const KNOWN: { readonly [provider: string]: LLMCapabilities } = {
  'openai.responses': {
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    reasoning: true,
    inputModalities: ['text', 'image', 'document'],
    stop: false,
    seed: false,
    usageInStreams: true,
  },
  'openai.chat': {
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    inputModalities: ['text', 'image', 'document', 'audio'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
  'anthropic.messages': {
    seed: false,
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    reasoning: true,
    inputModalities: ['text', 'image', 'document'],
    stop: true,
    usageInStreams: true,
    caching: true,
  },
  'google.generative-ai': {
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    reasoning: true,
    inputModalities: ['text', 'image', 'document', 'audio', 'video'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
  'mistral.chat': {
    tools: true,
    parallelTools: true,
    toolChoice: true,
    structuredOutput: 'native',
    reasoning: true,
    inputModalities: ['text', 'image', 'document'],
    stop: true,
    seed: true,
    usageInStreams: true,
  },
};

export function capabilitiesOf(provider: string): LLMCapabilities {
  return { ...ALL, ...KNOWN[provider] };
}
