/** How servers say that a prompt does not fit, as it was seen; the sources stand beside the patterns in core. */
export const TOO_LONG_SENTENCES: readonly (readonly [server: string, sentence: string])[] = [
  [
    'OpenAI, Chat Completions; DeepSeek; vLLM',
    "This model's maximum context length is 65536 tokens. However, you requested 66343 tokens (62247 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
  ],
  [
    'OpenAI, Responses',
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
  ],
  [
    'Azure OpenAI',
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 509178 tokens. Please reduce the length of the messages.',
  ],
  ['Anthropic; Bedrock and Vertex for Claude', 'prompt is too long: 215350 tokens > 200000 maximum'],
  [
    'Anthropic, prompt and output together',
    'input length and `max_tokens` exceed context limit: 174167 + 64000 > 200000, decrease input length or `max_tokens` and try again',
  ],
  [
    'Cohere',
    'too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - received 6354. Try using a shorter prompt or a smaller max_tokens value.',
  ],
  ['Gemini', 'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).'],
  ['Bedrock', 'Input is too long for requested model.'],
  ['Mistral', 'Prompt contains 300000 tokens, too large for model with 131072 maximum context length'],
  ['Groq; vLLM; Azure OpenAI', 'Please reduce the length of the messages or completion.'],
  [
    'OpenRouter',
    'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 141607 tokens (10535 of text input, 131072 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
  ],
  [
    'Together; Text Generation Inference, prompt and output together',
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3997 `inputs` tokens and 100 `max_new_tokens`',
  ],
  [
    'Text Generation Inference',
    'Input validation error: `inputs` must have less than 1024 tokens. Given: 1168',
  ],
  ['Fireworks; Ollama Cloud', 'The prompt is too long: 365407, model maximum context length: 262143'],
  ['xAI', "This model's maximum prompt length is 131072 but the request contains 136973 tokens."],
  ['Perplexity', 'The total length of all messages is too long.'],
  [
    'llama.cpp',
    'request (355724 tokens) exceeds the available context size (262144 tokens), try increasing it',
  ],
  ['llama-cpp-python', 'Requested tokens (516) exceed context window of 512'],
  [
    'LM Studio',
    'Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input.',
  ],
  [
    'LM Studio, since 0.4',
    'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input.',
  ],
  ['vLLM', 'The decoder prompt (length 17772) is longer than the maximum model length of 16384.'],
  [
    'vLLM, with images',
    'The prompt (total length 25938) is too long to fit into the model (context length 4096).',
  ],
  ['SGLang', "The input (61709 tokens) is longer than the model's context length (40960 tokens)."],
  ['Ollama', 'the input length exceeds the context length'],
  ['Ollama, chat', 'prompt too long; exceeded max context length by 4096 tokens'],
  [
    'LiteLLM',
    'litellm.BadRequestError: litellm.ContextWindowExceededError: ContextWindowExceededError: DeepseekException - Error code: 400',
  ],
  [
    'Cerebras',
    'Please reduce the length of the messages or completion. Current length is 10051 while limit is 8192',
  ],
  ['MiniMax', 'invalid params, context window exceeds limit'],
  ['Moonshot', 'Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)'],
  ['GitHub Copilot', 'prompt token count of 130000 exceeds the limit of 128000'],
  ['DashScope', 'Range of input length should be [1, 30720]'],
  ['Servers that only name it', 'Provider context length exceeded.'],
];
