export { azure, type AzureConnection, type AzureOptions } from './azure.ts';
export { chatCompletions } from './chat-completions.ts';
export type { ServerPreset } from './preset.ts';
export {
  cerebras,
  dashscope,
  deepseek,
  fireworks,
  gemini,
  githubModels,
  groq,
  moonshot,
  openrouter,
  perplexity,
  together,
  xai,
  zai,
} from './hosted.ts';
export { llamaCpp, lmStudio, ollama, vllm } from './local.ts';
