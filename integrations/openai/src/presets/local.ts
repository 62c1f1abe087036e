import type { ServerEmbeddings } from '../embedding.ts';
import { chatCompletions } from './chat-completions.ts';
import type { ServerPreset } from './preset.ts';

/*
 * Servers on one's own machine, which need no key; `apiKey` is sent where it is given. Another address goes into
 * `baseURL`. What they take was read in their documentation and source at the date below each.
 */

/** How many texts a request has: small, since one process embeds them one after another. */
const EMBEDDINGS: ServerEmbeddings = { maxBatchSize: 64 };

/**
 * https://docs.ollama.com/api/openai-compatibility and `openai/openai.go` of its source, 2026-08: `max_completion_tokens`,
 * `tool_choice` and `strict` are not read, so that a forced tool would be a wish; an image is taken as base64; every part of
 * a content becomes a message of its own. Its context is that of the server (`OLLAMA_CONTEXT_LENGTH`), and a longer prompt
 * is cut without a word.
 */
export const ollama: ServerPreset<ServerEmbeddings> = {
  name: 'ollama',
  baseURL: 'http://localhost:11434/v1',
  apiKeyVariable: null,
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { toolChoice: false, inputModalities: ['text', 'image', 'document', 'audio'] },
    strictTools: 'none',
    imageURLs: false,
    plainText: true,
    thinkingTags: true,
  },
  embeddings: EMBEDDINGS,
};

/**
 * https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html, 2026-08. Tools need `--enable-auto-tool-choice`;
 * without `--reasoning-parser` what a model thinks stands in its text. `strict` of a tool is not read.
 */
export const vllm: ServerPreset<ServerEmbeddings> = {
  name: 'vllm',
  baseURL: 'http://localhost:8000/v1',
  apiKeyVariable: null,
  api: chatCompletions,
  wire: {
    capabilities: { inputModalities: ['text', 'image', 'document', 'audio'], names: true },
    strictTools: 'none',
    thinkingTags: true,
  },
  embeddings: EMBEDDINGS,
};

/**
 * https://lmstudio.ai/docs/developer/openai-compat, 2026-08; a tool by its name, any JSON and an image by
 * its URL are refused: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670, 189 and 1120; WebP is too (1752). `base64` of embeddings is not read.
 */
export const lmStudio: ServerPreset<ServerEmbeddings> = {
  name: 'lm-studio',
  baseURL: 'http://localhost:1234/v1',
  apiKeyVariable: null,
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { namedToolChoice: false },
    strictTools: 'none',
    anyJson: false,
    imageURLs: false,
    // What it reads of it depends on the model's template: https://github.com/lmstudio-ai/lms/issues/298
    reasoning: false,
    thinkingTags: true,
  },
  embeddings: EMBEDDINGS,
};

/**
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, 2026-08: `tool_choice` is a word; thinking is
 * an argument of the model's template; with `--reasoning-format none` it stands in the text.
 */
export const llamaCpp: ServerPreset<ServerEmbeddings> = {
  name: 'llama.cpp',
  baseURL: 'http://localhost:8080/v1',
  apiKeyVariable: null,
  api: chatCompletions,
  wire: {
    maxTokensField: 'max_tokens',
    capabilities: { namedToolChoice: false, inputModalities: ['text', 'image', 'document', 'audio'] },
    strictTools: 'none',
    reasoning: {
      on: { chat_template_kwargs: { enable_thinking: true } },
      off: { chat_template_kwargs: { enable_thinking: false } },
    },
    thinkingTags: true,
  },
  embeddings: EMBEDDINGS,
};
