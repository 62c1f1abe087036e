/** How servers say that a prompt does not fit, as it was seen. */
export const TOO_LONG_SENTENCES: readonly (readonly [server: string, sentence: string])[] = [
  // https://github.com/FoundationAgents/OpenManus/issues/79
  [
    'OpenAI, Chat Completions; DeepSeek; vLLM',
    "This model's maximum context length is 65536 tokens. However, you requested 66343 tokens (62247 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
  ],
  // https://github.com/dyad-sh/dyad/issues/1672
  [
    'OpenAI, Responses',
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
  ],
  // https://github.com/BerriAI/litellm/issues/15968
  [
    'Azure OpenAI',
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens. Please reduce the length of the messages.',
  ],
  // https://github.com/anthropics/claude-code/issues/11434
  ['Anthropic; Bedrock and Vertex for Claude', 'prompt is too long: 215350 tokens > 200000 maximum'],
  // https://github.com/kortix-ai/suna/issues/172
  [
    'Anthropic, prompt and output together',
    'input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000, decrease input length or `max_tokens` and try again',
  ],
  // https://github.com/cohere-ai/sandbox-topically/issues/4
  [
    'Cohere',
    'too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - received 6354. Try using a shorter prompt or a smaller max_tokens value.',
  ],
  // https://github.com/latitude-dev/latitude-llm/pull/3554
  [
    'Voyage',
    "Request to model 'voyage-4-large' failed. The example at index 0 in your batch has too many tokens and does not fit into the model's context window of 32000 tokens. Please lower the number of tokens in the listed example(s) or use truncation.",
  ],
  // https://github.com/google-gemini/gemini-cli/issues/6678
  ['Gemini', 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).'],
  // https://github.com/aws-samples/bedrock-chat/issues/95
  ['Bedrock', 'Input is too long for requested model.'],
  // https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  ['Mistral', 'Prompt contains 300000 tokens, too large for model with 131072 maximum context length'],
  // https://github.com/thepersonalaicompany/amurex-backend/issues/51
  ['Groq; vLLM; Azure OpenAI', 'Please reduce the length of the messages or completion.'],
  // https://github.com/Aider-AI/aider/issues/3721
  [
    'OpenRouter',
    'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 141607 tokens (10535 of text input, 131072 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
  ],
  // https://github.com/stanford-crfm/helm/issues/2080
  [
    'Together; Text Generation Inference, prompt and output together',
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3997 `inputs` tokens and 100 `max_new_tokens`',
  ],
  // https://github.com/huggingface/text-generation-inference/issues/695
  [
    'Text Generation Inference',
    'Input validation error: `inputs` must have less than 1024 tokens. Given: 1168',
  ],
  // https://docs.fireworks.ai/guides/inference-error-codes
  ['Fireworks; Ollama Cloud', 'The prompt is too long: 365407, model maximum context length: 262143'],
  // https://github.com/cline/cline/issues/3120
  ['xAI', "This model's maximum prompt length is 131072 but the request contains 136973 tokens."],
  // https://github.com/crmne/ruby_llm/tree/main/spec/fixtures/vcr_cassettes
  ['Perplexity', 'The total length of all messages is too long.'],
  // https://github.com/ggml-org/llama.cpp/pull/15780
  [
    'llama.cpp',
    'request (355724 tokens) exceeds the available context size (262144 tokens), try increasing it',
  ],
  // https://github.com/abetlen/llama-cpp-python/pull/385
  ['llama-cpp-python', 'Requested tokens (516) exceed context window of 512'],
  // https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546
  [
    'LM Studio',
    'Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input.',
  ],
  // https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2205
  [
    'LM Studio, since 0.4',
    'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input.',
  ],
  // https://github.com/xorbitsai/inference/issues/3785
  ['vLLM', 'The decoder prompt (length 17772) is longer than the maximum model length of 16384.'],
  // https://github.com/vllm-project/vllm/issues/12165
  [
    'vLLM, with images',
    'The prompt (total length 25938) is too long to fit into the model (context length 4096).',
  ],
  // https://github.com/QwenLM/Qwen3/issues/1321
  ['SGLang', "The input (61709 tokens) is longer than the model's context length (40960 tokens)."],
  // https://github.com/lfnovo/open-notebook/issues/350
  ['Ollama', 'the input length exceeds the context length'],
  // https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  ['Ollama, chat', 'prompt too long; exceeded max context length by 4096 tokens'],
  // https://github.com/HKUDS/AI-Researcher/issues/33
  [
    'LiteLLM',
    'litellm.BadRequestError: litellm.ContextWindowExceededError: ContextWindowExceededError: DeepseekException - Error code: 400',
  ],
  // https://github.com/BerriAI/litellm/blob/main/litellm/litellm_core_utils/exception_mapping_utils.py
  [
    'Cerebras',
    'Please reduce the length of the messages or completion. Current length is 10051 while limit is 8192',
  ],
  // https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  ['MiniMax', 'invalid params, context window exceeds limit'],
  // https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  ['Moonshot', 'Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)'],
  // https://github.com/earendil-works/pi/blob/main/packages/ai/src/utils/overflow.ts
  ['GitHub Copilot', 'prompt token count of 130000 exceeds the limit of 128000'],
  // https://github.com/zeroclaw-labs/zeroclaw/issues/4124
  ['Z.AI', 'Prompt exceeds max length'],
  // https://github.com/cline/cline/issues/995
  ['GitHub Models', 'Request body too large for gpt-4o model. Max size: 8000 tokens.'],
  // https://help.aliyun.com/zh/model-studio/error-code
  ['DashScope', 'Range of input length should be [1, 30720]'],
  // https://github.com/QwenLM/qwen-code/issues/98
  [
    'DashScope, OpenAI compatible',
    '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 204800]',
  ],
  // https://github.com/forcedotcom/Einstein-GPT-for-Developers/issues/198
  ['Servers that only name it', 'Provider context length exceeded.'],
];
