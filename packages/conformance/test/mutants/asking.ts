import { inSpan, type Attempt } from '@mortise/core';
import type { ChatInput, ChatOptions, ChatRequest, ContentBlock, MediaSource } from '@mortise/core/llm';
import { KEY, ReferenceLLM, type Raw } from '../reference/adapter.ts';
import type { WireTarget } from '@mortise/conformance';
import { mutant, type Mutant } from './mutant.ts';

/** A request without what some option asked for. */
const body = (change: (body: Raw, request: ChatRequest) => Raw) =>
  class extends ReferenceLLM {
    override body(request: ChatRequest, attempt: Attempt): Raw {
      const right = super.body(request, attempt);
      return { ...right, ...change(right, request) };
    }
  };

const blocks = (keep: (block: ContentBlock, role: string) => boolean) =>
  class extends ReferenceLLM {
    override sentBlock(block: ContentBlock, role: string): Raw[] {
      return keep(block, role) ? super.sentBlock(block, role) : [];
    }
  };

const media = (change: (source: MediaSource) => MediaSource) =>
  class extends ReferenceLLM {
    override sentMedia(source: MediaSource): Raw {
      const changed = change(source);
      return 'url' in changed ? { url: changed.url } : { mediaType: changed.mediaType, data: changed.data };
    }
  };

/** The reference, with its key in other headers than it has. */
const sending = (key: Record<string, string>) =>
  class extends ReferenceLLM {
    override init(sent: Raw, attempt: Attempt): RequestInit {
      const { headers, ...right } = super.init(sent, attempt);
      const { authorization: _moved, ...others } = headers as Record<string, string>;
      return { ...right, headers: { ...others, ...key } };
    }
  };

/** Where a key goes that is in no `Authorization: Bearer`. */
const PLACES: Readonly<Record<string, ReturnType<typeof sending>>> = {
  ...Object.fromEntries(
    ['api-key', 'apikey', 'x-goog-api-key', 'x-amz-security-token', 'acme-secret'].map((name) => [
      name,
      sending({ [name]: KEY }),
    ]),
  ),
  'another scheme': sending({ authorization: `Key ${KEY}` }),
  'its query': class extends sending({}) {
    override get url(): string {
      return `${super.url}${super.url.includes('?') ? '&' : '?'}key=${KEY}`;
    }
  },
};

const OWN = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };

/** What is wrong with what is sent. */
export const asking: readonly Mutant[] = [
  mutant(
    'keeps a default that was taken back',
    'request.options.removed',
    body((right, { maxOutputTokens }) => ({ max_tokens: right['max_tokens'] ?? maxOutputTokens })),
  ),
  mutant(
    'tells applications of less than it tells the suite',
    'metadata.declared',
    class extends ReferenceLLM {
      override readonly metadata = { isChatModel: true, capabilities: { streaming: true } };
    },
  ),
  mutant(
    'drops the system message',
    'request.messages',
    blocks((_block, role) => role !== 'system'),
  ),
  mutant(
    'writes into the messages it was given',
    'request.not-mutated',
    class extends ReferenceLLM {
      override body(request: ChatRequest, attempt: Attempt): Raw {
        for (const message of request.messages)
          (message as { content: unknown }).content = structuredClone(message.content);
        return super.body(request, attempt);
      }
    },
  ),
  mutant(
    'ignores maxOutputTokens',
    'request.max-output-tokens',
    body(() => ({ max_tokens: 4096 })),
  ),
  mutant(
    'ignores stop',
    'request.stop',
    body(() => ({ stop: undefined })),
  ),
  mutant(
    'ignores the seed',
    'request.seed',
    body(() => ({ seed: undefined })),
  ),
  mutant(
    'asks for any JSON in place of a schema',
    'request.schema',
    body(({ schema }) => ({ schema: schema && {} })),
  ),
  mutant(
    'sends the bytes of an image as text',
    'request.image',
    class extends ReferenceLLM {
      override sentBlock(block: ContentBlock, role: string): Raw[] {
        if (block.type !== 'image') return super.sentBlock(block, role);
        return [{ type: 'image', data: String((block.source as { data: unknown }).data) }];
      }
    },
  ),
  mutant(
    'takes every image for a PNG',
    'request.image',
    media((source) => ('url' in source ? source : { ...source, mediaType: 'image/png' })),
  ),
  mutant(
    'takes the address of an image for its bytes',
    'request.image.url',
    media((source) => ('url' in source ? { data: source.url, mediaType: 'image/png' } : source)),
  ),
  mutant(
    'drops an image that is an address',
    'request.image.url',
    blocks((block) => block.type !== 'image' || !('url' in block.source)),
  ),
  mutant(
    'asks for JSON only with a schema',
    'request.json',
    body(({ schema }) => ({ schema: schema === true ? undefined : schema })),
  ),
  mutant(
    'forgets documents',
    'request.document',
    blocks(({ type }) => type !== 'document'),
  ),
  mutant(
    'drops the results of tools',
    'tools.round-trip',
    blocks(({ type }) => type !== 'tool-result'),
  ),
  mutant(
    'sends tools without their schemas',
    'tools.definitions',
    body(({ tools }) => ({
      tools: (tools as Raw[] | undefined)?.map(({ name }) => ({ name: name as string })),
    })),
  ),
  mutant(
    'sends tools without what they are for',
    'tools.descriptions',
    body(({ tools }) => ({
      tools: (tools as Raw[] | undefined)?.map(({ name, parameters }) => ({ name, parameters })),
    })),
  ),
  mutant(
    'lets the model choose though a tool is forced',
    'tools.choice',
    body(({ tool_choice: choice }) => ({ tool_choice: choice && 'auto' })),
  ),
  mutant(
    'has no word for no tool',
    'tools.choice.none',
    body(({ tool_choice: choice }) => ({ tool_choice: choice === 'none' ? undefined : choice })),
  ),
  mutant(
    "sends everybody's provider options",
    'request.provider-options',
    body((_right, { providerOptions = {} }) => Object.assign({}, ...Object.values(providerOptions)) as Raw),
  ),
  ...(['temperature', 'topP', 'seed', 'reasoning'] as const).map((setting) =>
    mutant(
      `leaves ${setting} out in silence`,
      `request.preference.${setting}`,
      body(() => ({ [setting === 'topP' ? 'top_p' : setting]: undefined })),
    ),
  ),
  mutant(
    'asks for no reasoning that can be read',
    'request.preference.summary',
    body(({ reasoning }) => ({ reasoning: { ...(reasoning as Raw | undefined), summary: undefined } })),
  ),
  mutant(
    'asks for no counts of a stream',
    'usage.asked',
    class extends ReferenceLLM {
      override readonly countsAsked = false;
    },
  ),
  mutant(
    'takes topP for the temperature',
    'request.preference.topP',
    body(({ temperature, top_p }) => ({ temperature: top_p ?? temperature, top_p: undefined })),
  ),
  mutant(
    'sends a preference under a name of its own invention',
    'request.members',
    body(({ top_p }) => ({ top_p: undefined, topP: top_p })),
  ),
  mutant(
    'sends numbers that are none',
    'request.refused',
    class extends ReferenceLLM {
      override chat(messages: ChatInput, options: ChatOptions = {}) {
        const { temperature, ...rest } = options;
        return super.chat(messages, Number.isNaN(temperature) ? rest : options);
      }
    },
  ),
  mutant(
    'shows the key in an error',
    'secrets.error',
    class extends ReferenceLLM {
      override failure(status: number, headers: Headers, text: string) {
        const error = super.failure(status, headers, text);
        return Object.assign(error, { message: text });
      }
    },
  ),
  ...Object.entries(PLACES).flatMap(([place, Sending]) => [
    mutant(
      `shows the key that it sends by ${place} in an error`,
      'secrets.error',
      class extends Sending {
        override failure(status: number, headers: Headers, text: string) {
          return Object.assign(super.failure(status, headers, text), { message: text });
        }
      },
    ),
    mutant(
      `keeps the key that it sends by ${place} for all to see`,
      'secrets.instance',
      class extends Sending {
        readonly apiKey = KEY;
      },
    ),
  ]),
  mutant(
    "drops the application's headers",
    'request.headers',
    class extends ReferenceLLM {
      override init(sent: Raw, attempt: Attempt): RequestInit {
        return { ...super.init(sent, attempt), headers: OWN };
      }
    },
  ),
  mutant(
    'drops the query of the base URL',
    'request.query',
    class extends ReferenceLLM {
      override get url(): string {
        return super.url.replace(/\?.*$/, '');
      }
    },
  ),
  mutant(
    'sends headers with whole replies alone',
    'request.headers',
    class extends ReferenceLLM {
      override init(sent: Raw, attempt: Attempt): RequestInit {
        const right = super.init(sent, attempt);
        return sent['stream'] === true ? { ...right, headers: OWN } : right;
      }
    },
  ),
  ...(['secrets.headers', 'secrets.url', 'secrets.stream.first', 'secrets.stream.middle'] as const).map(
    (id) =>
      mutant(
        `redacts the key alone (${id})`,
        id,
        class extends ReferenceLLM {
          override get secrets() {
            return [KEY];
          }
        },
      ),
  ),
  mutant(
    'tells listeners of the whole request',
    'secrets.events',
    class extends ReferenceLLM {
      override send(request: Raw, attempt: Attempt): Promise<Response> {
        const { headers } = this.init(request, attempt);
        void inSpan('llm.chat', { content: () => ({ headers: { ...(headers as Raw) } }) }, async () => 1);
        return super.send(request, attempt);
      }
    },
  ),
  mutant(
    'warns in the words of a header',
    'secrets.reply',
    class extends ReferenceLLM {
      override async send(request: Raw, attempt: Attempt): Promise<Response> {
        const response = await super.send(request, attempt);
        const message = response.headers.get('x-warning');
        if (message !== null) attempt.warn({ type: 'other', message });
        return response;
      }
    },
  ),
  mutant(
    'keeps the key in a field for all to see',
    'secrets.instance',
    class extends ReferenceLLM {
      readonly apiKey: string;
      constructor(wire: WireTarget) {
        super(wire);
        this.apiKey = KEY;
      }
    },
  ),
];
