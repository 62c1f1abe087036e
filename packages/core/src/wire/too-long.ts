/** How one server says that a prompt does not fit its model. */
export interface TooLong {
  readonly server: string;
  /** What is looked for in its sentence. */
  readonly words: RegExp;
  /** The sentence as it was seen. */
  readonly example: string;
  /** Where it was seen. */
  readonly source: string;
}

/**
 * The prompt is too long, in the words of the servers: few have a code for it, and those that speak another's wire say it
 * in their own. A sentence about a limit of output, of a rate or of a batch must not match.
 */
export const TOO_LONG: readonly TooLong[] = [
  {
    server: 'OpenAI, Chat Completions; DeepSeek; vLLM',
    words: /maximum context length/i,
    example:
      "This model's maximum context length is 65536 tokens. However, you requested 66343 tokens (62247 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
    source: 'https://github.com/FoundationAgents/OpenManus/issues/79',
  },
  {
    server: 'OpenAI, Responses',
    words: /exceeds? (the|this|your) (model'?s )?context (window|length|limit)/i,
    example: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    source: 'https://github.com/dyad-sh/dyad/issues/1672',
  },
  {
    server: 'Azure OpenAI',
    words: /input tokens exceed the configured limit/i,
    example:
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens. Please reduce the length of the messages.',
    source: 'https://github.com/BerriAI/litellm/issues/15968',
  },
  {
    server: 'Anthropic; Bedrock and Vertex for Claude',
    words: /prompt is too long/i,
    example: 'prompt is too long: 215350 tokens > 200000 maximum',
    source: 'https://github.com/anthropics/claude-code/issues/11434',
  },
  {
    server: 'Anthropic, prompt and output together',
    words: /exceeds? (the )?(model'?s )?(maximum )?context limit/i,
    example:
      'input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000, decrease input length or `max_tokens` and try again',
    source: 'https://github.com/kortix-ai/suna/issues/172',
  },
  {
    server: 'Cohere',
    words: /too many tokens: (total number of tokens|size limit exceeded|the prompt)/i,
    example:
      'too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - received 6354. Try using a shorter prompt or a smaller max_tokens value.',
    source: 'https://github.com/cohere-ai/sandbox-topically/issues/4',
  },
  {
    server: 'Gemini',
    words: /input token count\b.{0,80}exceeds the maximum number of tokens/i,
    example: 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
    source: 'https://github.com/google-gemini/gemini-cli/issues/6678',
  },
  {
    server: 'Bedrock',
    words: /input is too long for (the )?requested model/i,
    example: 'Input is too long for requested model.',
    source: 'https://github.com/aws-samples/bedrock-chat/issues/95',
  },
  {
    server: 'Mistral',
    words: /too large for model with \d+ maximum context/i,
    example: 'Prompt contains 300000 tokens, too large for model with 131072 maximum context length',
    source: 'https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    server: 'Groq; vLLM; Azure OpenAI',
    words: /reduce the length of the (messages|prompt|input)/i,
    example: 'Please reduce the length of the messages or completion.',
    source: 'https://github.com/thepersonalaicompany/amurex-backend/issues/51',
  },
  {
    server: 'OpenRouter',
    words: /endpoint'?s maximum context length/i,
    example:
      'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 141607 tokens (10535 of text input, 131072 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
    source: 'https://github.com/Aider-AI/aider/issues/3721',
  },
  {
    server: 'Together; Text Generation Inference, prompt and output together',
    words: /`?inputs`? tokens \+ `?max_new_tokens`? must be/i,
    example:
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3997 `inputs` tokens and 100 `max_new_tokens`',
    source: 'https://github.com/stanford-crfm/helm/issues/2080',
  },
  {
    server: 'Text Generation Inference',
    words: /`?inputs`? must have less than \d+ tokens/i,
    example: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 1168',
    source: 'https://github.com/huggingface/text-generation-inference/issues/695',
  },
  {
    server: 'Fireworks; Ollama Cloud',
    words: /model maximum context length/i,
    example: 'The prompt is too long: 365407, model maximum context length: 262143',
    source: 'https://docs.fireworks.ai/guides/inference-error-codes',
  },
  {
    server: 'xAI',
    words: /maximum prompt length is \d+/i,
    example: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
    source: 'https://github.com/cline/cline/issues/3120',
  },
  {
    server: 'Perplexity',
    words: /total length of (all )?messages is too long/i,
    example: 'The total length of all messages is too long.',
    source: 'https://github.com/crmne/ruby_llm/tree/main/spec/fixtures/vcr_cassettes',
  },
  {
    server: 'llama.cpp',
    words: /exceeds the available context size/i,
    example: 'request (355724 tokens) exceeds the available context size (262144 tokens), try increasing it',
    source: 'https://github.com/ggml-org/llama.cpp/pull/15780',
  },
  {
    server: 'llama-cpp-python',
    words: /requested tokens( \(\d+\))? exceed context window/i,
    example: 'Requested tokens (516) exceed context window of 512',
    source: 'https://github.com/abetlen/llama-cpp-python/pull/385',
  },
  {
    server: 'LM Studio',
    words: /context length of only \d+ tokens/i,
    example:
      'Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input.',
    source: 'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546',
  },
  {
    server: 'LM Studio, since 0.4',
    words: /greater than the context length/i,
    example:
      'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input.',
    source: 'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2205',
  },
  {
    server: 'vLLM',
    words: /longer than the maximum model length/i,
    example: 'The decoder prompt (length 17772) is longer than the maximum model length of 16384.',
    source: 'https://github.com/xorbitsai/inference/issues/3785',
  },
  {
    server: 'vLLM, with images',
    words: /too long to fit into the model/i,
    example: 'The prompt (total length 25938) is too long to fit into the model (context length 4096).',
    source: 'https://github.com/vllm-project/vllm/issues/12165',
  },
  {
    server: 'SGLang',
    words: /longer than the model'?s context length/i,
    example: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
    source: 'https://github.com/QwenLM/Qwen3/issues/1321',
  },
  {
    server: 'Ollama',
    words: /input length exceeds (the |maximum )?context length/i,
    example: 'the input length exceeds the context length',
    source: 'https://github.com/lfnovo/open-notebook/issues/350',
  },
  {
    server: 'Ollama, chat',
    words: /prompt too long; exceeded (max )?context length/i,
    example: 'prompt too long; exceeded max context length by 4096 tokens',
    source: 'https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    server: 'LiteLLM',
    words: /ContextWindowExceededError/,
    example:
      'litellm.BadRequestError: litellm.ContextWindowExceededError: ContextWindowExceededError: DeepseekException - Error code: 400',
    source: 'https://github.com/HKUDS/AI-Researcher/issues/33',
  },
  {
    server: 'Cerebras',
    words: /current length is \d+ while limit is \d+/i,
    example:
      'Please reduce the length of the messages or completion. Current length is 10051 while limit is 8192',
    source:
      'https://github.com/BerriAI/litellm/blob/main/litellm/litellm_core_utils/exception_mapping_utils.py',
  },
  {
    server: 'MiniMax',
    words: /context window exceeds limit/i,
    example: 'invalid params, context window exceeds limit',
    source: 'https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    server: 'Moonshot',
    words: /exceeded model token limit/i,
    example: 'Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)',
    source: 'https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    server: 'GitHub Copilot',
    words: /prompt token count of \d+ exceeds the limit of \d+/i,
    example: 'prompt token count of 130000 exceeds the limit of 128000',
    source: 'https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts',
  },
  {
    server: 'DashScope',
    words: /range of input length should be/i,
    example: 'Range of input length should be [1, 30720]',
    source: 'https://help.aliyun.com/zh/model-studio/error-code',
  },
  {
    server: 'Servers that only name it',
    words:
      /context length exceeded|exceed(s|ed)? (the )?(maximum )?context (length|window|size)|too many tokens in the prompt/i,
    example: 'Provider context length exceeded.',
    source: 'https://github.com/forcedotcom/Einstein-GPT-for-Developers/issues/198',
  },
];
