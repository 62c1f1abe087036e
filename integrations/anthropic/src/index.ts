export type { AnthropicCallOptions, AnthropicClient, AnthropicConnection } from './client.ts';
export {
  DEFAULT_MAX_TOKENS,
  type AnthropicOptions,
  type AnthropicProviderOptions,
} from './convert-request.ts';
export type { AnthropicMetadata } from './convert-response.ts';
export { AnthropicLLM, type AnthropicLLMOptions, type AnthropicModel } from './llm.ts';
