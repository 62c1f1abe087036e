/**
 * The prompt is too long, in the words of the servers: few have a code for it, and those that speak another's wire say it
 * in their own. A sentence about a limit of output, of a rate or of a batch must not match. Above each pattern: who says
 * it, and where it was seen; the sentences themselves are in the test.
 */
export const TOO_LONG: readonly RegExp[] = [
  // OpenAI, Chat Completions; DeepSeek; vLLM: https://github.com/FoundationAgents/OpenManus/issues/79
  // OpenRouter: https://github.com/Aider-AI/aider/issues/3721
  // Fireworks; Ollama Cloud: https://docs.fireworks.ai/guides/inference-error-codes
  /maximum context length/i,
  // OpenAI, Responses: https://github.com/dyad-sh/dyad/issues/1672
  /exceeds? (the|this|your) (model'?s )?context (window|length|limit)/i,
  // Azure OpenAI: https://github.com/BerriAI/litellm/issues/15968
  /input tokens exceed the configured limit/i,
  // Anthropic; Bedrock and Vertex for Claude: https://github.com/anthropics/claude-code/issues/11434
  /prompt is too long/i,
  // Anthropic, prompt and output together: https://github.com/kortix-ai/suna/issues/172
  /exceeds? (the )?(model'?s )?(maximum )?context limit/i,
  // Cohere: https://github.com/cohere-ai/sandbox-topically/issues/4
  /too many tokens: (total number of tokens|size limit exceeded|the prompt)/i,
  // Gemini: https://github.com/google-gemini/gemini-cli/issues/6678
  /input token count\b.{0,80}exceeds the maximum number of tokens/i,
  // Bedrock: https://github.com/aws-samples/bedrock-chat/issues/95
  /input is too long for (the )?requested model/i,
  // Mistral: https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  /too large for model with \d+ maximum context/i,
  // Groq; vLLM; Azure OpenAI: https://github.com/thepersonalaicompany/amurex-backend/issues/51
  /reduce the length of the (messages|prompt|input)/i,
  // Together; Text Generation Inference, prompt and output together: https://github.com/stanford-crfm/helm/issues/2080
  /`?inputs`? tokens \+ `?max_new_tokens`? must be/i,
  // Text Generation Inference: https://github.com/huggingface/text-generation-inference/issues/695
  /`?inputs`? must have less than \d+ tokens/i,
  // xAI: https://github.com/cline/cline/issues/3120
  /maximum prompt length is \d+/i,
  // Perplexity: https://github.com/crmne/ruby_llm/tree/main/spec/fixtures/vcr_cassettes
  /total length of (all )?messages is too long/i,
  // llama.cpp: https://github.com/ggml-org/llama.cpp/pull/15780
  /exceeds the available context size/i,
  // llama-cpp-python: https://github.com/abetlen/llama-cpp-python/pull/385
  /requested tokens( \(\d+\))? exceed context window/i,
  // LM Studio: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546
  /context length of only \d+ tokens/i,
  // LM Studio, since 0.4: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2205
  /greater than the context length/i,
  // vLLM: https://github.com/xorbitsai/inference/issues/3785
  /longer than the maximum model length/i,
  // vLLM, with images: https://github.com/vllm-project/vllm/issues/12165
  /too long to fit into the model/i,
  // SGLang: https://github.com/QwenLM/Qwen3/issues/1321
  /longer than the model'?s context length/i,
  // Ollama, chat: https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  /prompt too long; exceeded (max )?context length/i,
  // LiteLLM: https://github.com/HKUDS/AI-Researcher/issues/33
  /ContextWindowExceededError/,
  // Cerebras: https://github.com/BerriAI/litellm/blob/main/litellm/litellm_core_utils/exception_mapping_utils.py
  /current length is \d+ while limit is \d+/i,
  // MiniMax: https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  /context window exceeds limit/i,
  // Moonshot: https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  /exceeded model token limit/i,
  // GitHub Copilot: https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  /prompt token count of \d+ exceeds the limit of \d+/i,
  // DashScope: https://help.aliyun.com/zh/model-studio/error-code
  /range of input length should be/i,
  // Ollama: https://github.com/lfnovo/open-notebook/issues/350
  // Servers that only name it: https://github.com/forcedotcom/Einstein-GPT-for-Developers/issues/198
  /context length exceeded|exceed(s|ed)? (the )?(maximum )?context (length|window|size)|too many tokens in the prompt/i,
];
