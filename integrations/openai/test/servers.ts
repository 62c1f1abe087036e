import * as presets from '@mortise/openai/presets';
import type { ServerPreset } from '@mortise/openai/presets';

type Json = Record<string, unknown>;

/** What a server takes, as its documentation says it, by which the requests of its preset are judged. */
export interface Server {
  readonly preset: ServerPreset;
  /** The settings that are left out of a request with all of them. */
  readonly leftOut: readonly string[];
  /** What a limit of output, the effort `minimal` and a budget of 512 tokens become. */
  readonly limits: Json;
  /** What the effort `none` becomes. */
  readonly off: Json;
  /** The requirements that it does not meet. */
  readonly refuses: readonly string[];
  readonly plainText?: true;
  readonly tools?: 'refused';
  readonly unaskedUsage?: true;
  /** How one tool is asked for; absent: not at all. */
  readonly named?: 'by its name' | 'required';
  /** What `required` becomes where there is one tool. Default: `required`. */
  readonly required?: 'by its name';
  /** A reply with a call, whole and in chunks, what of it goes back, and the answer to the result. */
  readonly loop?: {
    readonly whole: Json;
    readonly chunks: readonly Json[];
    readonly answer: string;
    readonly thought?: string;
    readonly id?: string;
    readonly back: Json;
    /** What else is in the call that goes back. */
    readonly call?: Json;
  };
  readonly tooLong: readonly [status: number, body: unknown];
  readonly rateLimit: readonly [headers: Record<string, string>, retryAfterMs: number];
}

const DONE = 'Done.';
const CALL = { id: 'call_abc', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } };
const message = (members: Json): Json => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...members }, finish_reason: 'tool_calls' }],
});
const chunk = (delta: Json, more: Json = {}): Json => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const END = chunk({}, { finish_reason: 'tool_calls' });
const called = (call: Json, index: number | undefined = 0): Json =>
  chunk({ tool_calls: [index === undefined ? call : { index, ...call }] });
/** As Gemini signs a thought: base64, byte for byte. */
const SIGNED = { extra_content: { google: { thought_signature: 'c2ln+/==' } } };
const ALL_MEDIA = ['document as PDF', 'audio by bytes'];

/** A loop whose reasoning comes in `field` and goes back in it. */
function thoughtIn(field: string, { content = '', id = 'call_abc' } = {}): NonNullable<Server['loop']> {
  const call = { ...CALL, id };
  const { function: called_, ...head } = call;
  return {
    whole: message({ content, [field]: 'Hm, yes.', tool_calls: [call] }),
    chunks: [
      chunk({ role: 'assistant', content, [field]: 'Hm, ' }),
      chunk({ [field]: 'yes.' }),
      called({ ...head, function: { name: called_.name, arguments: '{"q"' } }),
      called({ function: { arguments: ':"x"}' } }),
      END,
      {
        id: 'c',
        model: 'm',
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      },
    ],
    answer: DONE,
    thought: 'Hm, yes.',
    id,
    back: { role: 'assistant', content: null, [field]: 'Hm, yes.' },
  };
}

/** A loop whose reasoning stands in the text, which nobody wants back. */
const THOUGHT_IN_TEXT: NonNullable<Server['loop']> = {
  whole: message({ content: '<think>Hm, yes.</think>\n\n', tool_calls: [CALL] }),
  chunks: [
    chunk({ role: 'assistant', content: '<thi' }),
    chunk({ content: 'nk>Hm, yes.</th' }),
    chunk({ content: 'ink>\n\n' }),
    called(CALL),
    END,
  ],
  answer: `<think>So.</think>${DONE}`,
  thought: 'Hm, yes.',
  back: { role: 'assistant', content: null },
};

const bare = thoughtIn('reasoning_content');

export const SERVERS = {
  groq: {
    preset: presets.groq,
    leftOut: ['name', 'reasoning.budgetTokens', 'tools.strict'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'low' },
    off: { reasoning_effort: 'none' },
    refuses: ALL_MEDIA,
    named: 'by its name',
    loop: {
      ...thoughtIn('reasoning', { id: 'tk85n1k4m' }),
      whole: message({
        reasoning: 'Hm, yes.',
        tool_calls: [{ ...CALL, id: 'tk85n1k4m' }],
        executed_tools: [{ type: 'search', output: 'x' }],
      }),
    },
    tooLong: [
      400,
      {
        error: {
          message: 'Please reduce the length of the messages or completion.',
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
        },
      },
    ],
    rateLimit: [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '7.66s' }, 7660],
  },
  xai: {
    preset: presets.xai,
    leftOut: ['reasoning.budgetTokens'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'low' },
    off: { reasoning_effort: 'none' },
    refuses: ['one stop sequence', 'two stop sequences', ...ALL_MEDIA],
    named: 'by its name',
    loop: thoughtIn('reasoning_content'),
    tooLong: [
      400,
      {
        code: 'Client specified an invalid argument',
        error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
      },
    ],
    rateLimit: [{ 'retry-after': '3' }, 3000],
  },
  deepseek: {
    preset: presets.deepseek,
    leftOut: ['reasoning.budgetTokens', 'seed', 'tools.strict'],
    limits: { max_tokens: 77, reasoning_effort: 'low', thinking: { type: 'enabled' } },
    off: { thinking: { type: 'disabled' } },
    refuses: [
      ...['toolChoice none', 'toolChoice required', 'toolChoice by name', 'JSON by a schema', 'any JSON'],
      ...['image by bytes', 'image by URL', ...ALL_MEDIA],
    ],
    plainText: true,
    loop: thoughtIn('reasoning_content', { id: 'call_00_f2Sk' }),
    tooLong: [
      400,
      {
        error: {
          message:
            "This model's maximum context length is 65536 tokens. However, you requested 66343 tokens (62247 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
          type: 'invalid_request_error',
        },
      },
    ],
    rateLimit: [{ 'retry-after': '1' }, 1000],
  },
  openrouter: {
    preset: presets.openrouter,
    leftOut: [],
    limits: { max_tokens: 77, reasoning: { effort: 'minimal', max_tokens: 512 } },
    off: { reasoning: { effort: 'none' } },
    refuses: [],
    named: 'by its name',
    loop: {
      whole: message({
        content: '',
        reasoning: 'Hm, yes.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm, yes.', signature: 'c2ln+/==', index: 0 }],
        tool_calls: [CALL],
      }),
      chunks: [
        chunk({ reasoning: 'Hm, ', reasoning_details: [{ type: 'reasoning.text', text: 'Hm, ', index: 0 }] }),
        chunk({
          reasoning: 'yes.',
          reasoning_details: [{ type: 'reasoning.text', text: 'yes.', signature: 'c2ln+/==', index: 0 }],
        }),
        called(CALL),
        END,
      ],
      answer: DONE,
      thought: 'Hm, yes.',
      back: {
        role: 'assistant',
        content: null,
        reasoning: 'Hm, yes.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm, yes.', signature: 'c2ln+/==', index: 0 }],
      },
    },
    tooLong: [
      400,
      {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: {
            raw: '{"error":{"message":"This endpoint\'s maximum context length is 131072 tokens. However, you requested about 141607 tokens."}}',
            provider_name: 'X',
          },
        },
      },
    ],
    rateLimit: [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, 12_000],
  },
  together: {
    preset: presets.together,
    leftOut: ['reasoning.budgetTokens', 'tools.strict'],
    limits: { max_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: ALL_MEDIA,
    named: 'by its name',
    loop: THOUGHT_IN_TEXT,
    tooLong: [
      422,
      {
        error: {
          message:
            'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3997 `inputs` tokens and 100 `max_new_tokens`',
          type: 'invalid_request_error',
        },
      },
    ],
    rateLimit: [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' }, 2000],
  },
  fireworks: {
    preset: presets.fireworks,
    leftOut: ['name', 'reasoning.budgetTokens', 'tools.strict'],
    limits: { max_tokens: 77, reasoning_effort: 'low' },
    off: { reasoning_effort: 'none' },
    refuses: ALL_MEDIA,
    unaskedUsage: true,
    named: 'by its name',
    loop: thoughtIn('reasoning_content'),
    tooLong: [
      400,
      {
        error: {
          object: 'error',
          type: 'invalid_request_error',
          message: 'The prompt is too long: 365407, model maximum context length: 262143',
        },
      },
    ],
    rateLimit: [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1.5' }, 1500],
  },
  cerebras: {
    preset: presets.cerebras,
    leftOut: ['name', 'reasoning.budgetTokens', 'tools.strict'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'low' },
    off: { reasoning_effort: 'none' },
    refuses: ALL_MEDIA,
    named: 'by its name',
    loop: thoughtIn('reasoning'),
    tooLong: [
      400,
      {
        message:
          'Please reduce the length of the messages or completion. Current length is 10051 while limit is 8192',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    ],
    rateLimit: [
      {
        'x-ratelimit-remaining-requests-day': '100',
        'x-ratelimit-reset-requests-day': '33011.3',
        'x-ratelimit-remaining-tokens-minute': '0',
        'x-ratelimit-reset-tokens-minute': '11.25',
      },
      11_250,
    ],
  },
  perplexity: {
    preset: presets.perplexity,
    leftOut: ['name', 'reasoning.budgetTokens', 'seed'],
    limits: { max_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: [
      ...['tools', 'toolChoice none', 'toolChoice required', 'toolChoice by name', 'any JSON'],
      ...ALL_MEDIA,
    ],
    tools: 'refused',
    unaskedUsage: true,
    tooLong: [
      400,
      {
        error: {
          message: 'The total length of all messages is too long.',
          type: 'invalid_message',
          code: 400,
        },
      },
    ],
    rateLimit: [{ 'retry-after': '5' }, 5000],
  },
  moonshot: {
    preset: presets.moonshot,
    leftOut: ['reasoning.budgetTokens', 'seed', 'tools.strict'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'low' },
    off: { thinking: { type: 'disabled' } },
    refuses: [
      ...['toolChoice none', 'toolChoice required', 'toolChoice by name', 'JSON by a schema', 'any JSON'],
      ...['image by URL', ...ALL_MEDIA],
    ],
    loop: {
      // Its own form of ids, which goes back as it came; and a call before which it did not think.
      whole: message({ content: '', tool_calls: [{ index: 0, ...CALL, id: 'search:0' }] }),
      chunks: [called({ ...CALL, id: 'search:0' }), END],
      answer: DONE,
      id: 'search:0',
      back: { role: 'assistant', content: null, reasoning_content: ' ' },
    },
    tooLong: [
      400,
      {
        error: {
          message: 'Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)',
          type: 'invalid_request_error',
        },
      },
    ],
    rateLimit: [{ 'retry-after-ms': '1500' }, 1500],
  },
  zai: {
    preset: presets.zai,
    leftOut: ['name', 'reasoning.budgetTokens', 'seed', 'tools.strict'],
    limits: { max_tokens: 77, thinking: { type: 'enabled' } },
    off: { thinking: { type: 'disabled' } },
    refuses: [
      ...['toolChoice none', 'toolChoice required', 'toolChoice by name', 'JSON by a schema', 'any JSON'],
      ...['two stop sequences', ...ALL_MEDIA],
    ],
    loop: {
      ...thoughtIn('reasoning_content', { content: '\n', id: 'call_-8123' }),
      back: { role: 'assistant', content: '\n', reasoning_content: 'Hm, yes.' },
    },
    tooLong: [400, { error: { code: '1261', message: 'Prompt exceeds max length' } }],
    rateLimit: [{ 'retry-after': '2' }, 2000],
  },
  dashscope: {
    preset: presets.dashscope,
    leftOut: ['name', 'tools.strict'],
    limits: { max_tokens: 77, enable_thinking: true, thinking_budget: 512 },
    off: { enable_thinking: false },
    refuses: ['toolChoice required', ...ALL_MEDIA],
    named: 'by its name',
    required: 'by its name',
    loop: {
      ...bare,
      // Its id comes once, and is empty afterwards.
      chunks: [
        chunk({ role: 'assistant', content: null, reasoning_content: 'Hm, yes.' }),
        called({ id: 'call_abc', type: 'function', function: { name: 'search', arguments: '' } }),
        called({ id: '', type: 'function', function: { arguments: '{"q":"x"}' } }),
        END,
      ],
    },
    tooLong: [
      400,
      {
        error: {
          code: 'invalid_parameter_error',
          message: '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]',
          type: 'invalid_request_error',
        },
      },
    ],
    rateLimit: [{ 'retry-after': '4' }, 4000],
  },
  gemini: {
    preset: presets.gemini,
    leftOut: ['name', 'reasoning.budgetTokens', 'seed', 'tools.strict'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: ['image by URL', 'document as PDF'],
    named: 'by its name',
    loop: {
      whole: message({ tool_calls: [{ ...CALL, ...SIGNED }] }),
      chunks: [called({ ...CALL, ...SIGNED }), END],
      answer: DONE,
      back: { role: 'assistant', content: null },
      call: SIGNED,
    },
    tooLong: [
      400,
      [
        {
          error: {
            code: 400,
            message:
              'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
    ],
    rateLimit: [{ 'retry-after': '34' }, 34_000],
  },
  githubModels: {
    preset: presets.githubModels,
    leftOut: ['reasoning.budgetTokens'],
    limits: { max_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: ALL_MEDIA,
    named: 'by its name',
    loop: {
      whole: message({ content: null, refusal: null, annotations: [], tool_calls: [CALL] }),
      chunks: [
        {
          id: '',
          model: '',
          object: '',
          created: 0,
          choices: [],
          prompt_filter_results: [{ prompt_index: 0 }],
        },
        called(CALL),
        END,
      ],
      answer: DONE,
      back: { role: 'assistant', content: null },
    },
    tooLong: [
      413,
      {
        error: {
          code: 'tokens_limit_reached',
          message: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
          details: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
        },
      },
    ],
    rateLimit: [{ 'retry-after': '37' }, 37_000],
  },
  ollama: {
    preset: presets.ollama,
    leftOut: ['name', 'reasoning.budgetTokens', 'tools.strict'],
    limits: { max_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: [
      ...['toolChoice none', 'toolChoice required', 'toolChoice by name', 'image by URL'],
      'document as PDF',
    ],
    plainText: true,
    loop: {
      ...thoughtIn('reasoning'),
      // A whole call in one chunk; older versions number all of them 0.
      chunks: [chunk({ role: 'assistant', content: '', reasoning: 'Hm, yes.' }), called(CALL), END],
    },
    tooLong: [
      400,
      {
        error: { message: 'prompt too long; exceeded max context length by 4096 tokens', type: 'api_error' },
      },
    ],
    rateLimit: [{ 'retry-after': '1' }, 1000],
  },
  vllm: {
    preset: presets.vllm,
    leftOut: ['reasoning.budgetTokens', 'tools.strict'],
    limits: { max_completion_tokens: 77, reasoning_effort: 'minimal' },
    off: { reasoning_effort: 'none' },
    refuses: ['document as PDF'],
    named: 'by its name',
    loop: thoughtIn('reasoning', { id: 'chatcmpl-tool-0a1b' }),
    tooLong: [
      400,
      {
        object: 'error',
        message: 'The decoder prompt (length 17772) is longer than the maximum model length of 16384.',
        type: 'BadRequestError',
        code: 400,
      },
    ],
    rateLimit: [{ 'retry-after': '1' }, 1000],
  },
  lmStudio: {
    preset: presets.lmStudio,
    leftOut: ['name', 'reasoning.budgetTokens', 'reasoning.effort', 'tools.strict'],
    limits: { max_tokens: 77 },
    off: {},
    refuses: ['any JSON', 'image by URL', ...ALL_MEDIA],
    named: 'required',
    loop: THOUGHT_IN_TEXT,
    tooLong: [
      400,
      {
        error:
          'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input.',
      },
    ],
    rateLimit: [{ 'retry-after': '1' }, 1000],
  },
  llamaCpp: {
    preset: presets.llamaCpp,
    leftOut: ['name', 'reasoning.budgetTokens', 'tools.strict'],
    limits: { max_tokens: 77, chat_template_kwargs: { enable_thinking: true } },
    off: { chat_template_kwargs: { enable_thinking: false } },
    refuses: ['document as PDF'],
    named: 'required',
    loop: thoughtIn('reasoning_content'),
    tooLong: [
      400,
      {
        error: {
          code: 400,
          message:
            'request (355724 tokens) exceeds the available context size (262144 tokens), try increasing it',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 355_724,
          n_ctx: 262_144,
        },
      },
    ],
    rateLimit: [{ 'retry-after': '1' }, 1000],
  },
} satisfies Record<string, Server>;
