export { HashEmbedding } from './hash-embedding.ts';
export { ScriptedLLM, type ScriptedReply } from './scripted-llm.ts';
