export { HashEmbedding } from './hash-embedding.ts';
export type { ScriptedPart, ScriptedToolCall } from './script.ts';
export { ScriptedLLM, type ScriptedLLMOptions, type ScriptedReply } from './scripted-llm.ts';
