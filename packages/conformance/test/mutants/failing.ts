import { isMortiseError, MortiseError, type Attempt } from '@mortise/core';
import type { ChatInput, ChatOptions, ChatStreamEvent, StreamBatch } from '@mortise/core/llm';
import { errorFromReply, errorFromResponse, readReplyText, type About } from '@mortise/core/wire';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { OwnEvents } from '../reference/own-events.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

const FINISH = { type: 'finish', finishReason: { unified: 'stop', raw: 'end' }, usage: {} } as const;

/** A stream whose end, or failure, is made up. */
const ending = (
  atEnd: (seen: readonly ChatStreamEvent[]) => ChatStreamEvent[],
  onError: (error: unknown) => ChatStreamEvent[] = (error) => {
    throw error as Error;
  },
) =>
  class extends ReferenceLLM {
    override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
      const seen: ChatStreamEvent[] = [];
      try {
        for await (const batch of super.events(response, attempt)) {
          seen.push(...(batch as ChatStreamEvent[]));
          yield batch;
        }
      } catch (error) {
        yield onError(error);
        return;
      }
      if (!seen.some(({ type }) => type === 'finish')) yield atEnd(seen);
    }
  };

const failure = (change: (error: MortiseError, status: number, headers: Headers) => MortiseError) =>
  class extends ReferenceLLM {
    override failure(status: number, headers: Headers, text: string): MortiseError {
      return change(super.failure(status, headers, text), status, headers);
    }
  };

const sending = (onError: (error: unknown) => unknown) =>
  class extends ReferenceLLM {
    override async send(body: Raw, attempt: Attempt): Promise<Response> {
      try {
        return await super.send(body, attempt);
      } catch (error) {
        throw onError(error);
      }
    }
  };

/** Whole replies read with more goodwill than they deserve. */
const lenient = (read: (text: string) => Raw) =>
  class extends ReferenceLLM {
    override async json(response: Response, attempt: Attempt): Promise<Raw> {
      const text = await readReplyText(response, attempt);
      try {
        return JSON.parse(text) as Raw;
      } catch {
        return { blocks: [], finish: 'stop', ...read(text) };
      }
    }
  };

/** A status taken for another one. */
const mistaken = (status: number, as: number, kind = '') =>
  mutant(
    `takes ${status}${kind} for ${as}`,
    `status.${status}${kind}`,
    class extends ReferenceLLM {
      override failure(given: number, headers: Headers, text: string): MortiseError {
        const right = super.failure(given, headers, text);
        const meant = given === status && (kind === '' || kind === `.${right.code}`);
        return meant ? errorFromResponse({ provider: 'reference', status: as, headers }) : right;
      }
    },
  );

const truncatedAs = (text: string): Raw => ({ blocks: [{ type: 'text', text }] });

/** Bodies that say they are failures, taken for something else. */
const unsaid = (isSaid: (body: unknown) => boolean) =>
  class extends ReferenceLLM {
    override async json(response: Response, attempt: Attempt): Promise<Raw> {
      const copy = response.clone();
      const body: unknown = await copy.json().catch(() => undefined);
      if (isSaid(body)) throw new MortiseError('malformed-response', 'That is no reply.');
      return super.json(response, attempt);
    }
  };

/** What is wrong with how failures are met. */
export const failing: readonly Mutant[] = [
  mutant(
    'follows redirects to wherever they lead',
    'redirect.other-origin',
    class extends ReferenceLLM {
      override fetch(url: string, init: RequestInit): Promise<Response> {
        return fetch(url, init);
      }
    },
  ),
  ...(['refusal', 'said', 'page'] as const).map((method) =>
    mutant(
      `shows what ${method} brings back`,
      `secrets.forms.${method}`,
      class extends ReferenceLLM {
        override about(): About {
          return { provider: this.provider, model: this.model };
        }
        override async send(body: Raw, attempt: Attempt): Promise<Response> {
          const response = await this.fetch(this.url, this.init(body, attempt));
          if (response.ok) return response;
          throw await errorFromReply(response, attempt, this.about());
        }
      },
    ),
  ),
  mutant(
    'reads a reply to wherever it ends',
    'bounds.reply',
    class extends ReferenceLLM {
      override async json(response: Response, attempt: Attempt): Promise<Raw> {
        const { value } = await response.body!.getReader().read();
        attempt.touch();
        return JSON.parse(new TextDecoder().decode(value)) as Raw;
      }
    },
  ),
  mutant(
    'reads a refusal to wherever it ends',
    'bounds.error',
    class extends ReferenceLLM {
      override async refusal(response: Response): Promise<string> {
        const { value } = await response.body!.getReader().read();
        return new TextDecoder().decode(value);
      }
    },
  ),
  mutant(
    'reads a line to the bound of a reply',
    'bounds.line',
    class extends ReferenceLLM {
      override events(response: Response, attempt: Attempt): AsyncIterable<StreamBatch> {
        return super.events(response, {
          ...attempt,
          maxLineBytes: 1_000_000,
          maxReplyBytes: attempt.maxReplyBytes,
        });
      }
    },
  ),
  mutant(
    'takes bytes for a sign of life',
    'time.silent-pings',
    class extends ReferenceLLM {
      override events(response: Response, attempt: Attempt): AsyncIterable<StreamBatch> {
        const alive = new TransformStream<Uint8Array, Uint8Array>({
          transform(bytes, controller) {
            attempt.touch();
            controller.enqueue(bytes);
          },
        });
        const { headers } = response;
        return super.events(new Response(response.body!.pipeThrough(alive), { headers }), attempt);
      }
    },
  ),
  mutant(
    'knows no error in a body',
    'fault.said.error',
    unsaid((body) => typeof body === 'object' && body !== null && 'error' in body),
  ),
  mutant('knows no list of errors', 'fault.said.list', unsaid(Array.isArray)),
  mutant(
    "looks for errors in no body with an answer's members",
    'fault.said.beside',
    unsaid((body) => typeof body === 'object' && body !== null && 'errors' in body && 'choices' in body),
  ),
  mutant(
    'returns early on a truncated stream',
    'fault.cut.clean',
    ending(() => [FINISH]),
  ),
  mutant(
    'takes half a terminal event for a whole one',
    'fault.cut.half-frame',
    class extends ReferenceLLM {
      override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
        const [mine, other] = response.body!.tee();
        const { headers } = response;
        yield* super.events(new Response(mine, { headers }), attempt);
        if ((await new Response(other).text()).includes('"type":"end"')) yield FINISH;
      }
    },
  ),
  mutant(
    'takes an empty stream for an empty reply',
    'fault.cut.empty',
    ending((seen) => (seen.length === 0 ? [FINISH] : [])),
  ),
  mutant(
    'hides a cut from readers of the text',
    'fault.cut.text-stream',
    class extends ReferenceLLM {
      override streamChat(messages: ChatInput, options: ChatOptions = {}) {
        const stream = super.streamChat(messages, options);
        const quiet = async function* (): AsyncGenerator<string> {
          try {
            yield* stream.textStream;
          } catch {
            // Nothing more to say.
          }
        };
        return Object.defineProperties(stream, { textStream: { get: quiet } });
      }
    },
  ),
  mutant(
    'gives what is no MortiseError for a reset',
    'fault.reset.before-headers',
    sending((error) => new MortiseError('internal', 'fetch failed', { cause: error })),
  ),
  mutant(
    'gives up when a body breaks before anything was said',
    'fault.reset.after-headers',
    class extends ReferenceLLM {
      override async *events(response: Response, attempt: Attempt): AsyncGenerator<StreamBatch> {
        try {
          yield* super.events(response, attempt);
        } catch (error) {
          throw new MortiseError('connection', 'The body broke.', { retryable: false, cause: error });
        }
      }
    },
  ),
  misread(
    'counts the opening of a block as content',
    'fault.reset.after-start',
    class extends ReferenceTranslator {
      override open(index: number, block: Raw, out: ChatStreamEvent[]): void {
        super.open(index, block, out);
        out.push({ type: 'text-delta', index, delta: '' });
      }
    },
  ),
  mutant(
    'calls a reset a failure of the server',
    'fault.reset.always',
    sending((error) =>
      isMortiseError(error) ? error : new MortiseError('server', 'Broken.', { cause: error }),
    ),
  ),
  mutant(
    'ends a stream well when its connection breaks',
    'fault.reset.in-body',
    ending(
      () => [],
      () => [FINISH],
    ),
  ),
  mutant(
    'takes half a body for a broken format',
    'fault.reset.in-body.whole',
    class extends ReferenceLLM {
      override async json(response: Response, attempt: Attempt): Promise<Raw> {
        try {
          return await super.json(response, attempt);
        } catch (error) {
          throw new MortiseError('malformed-response', 'The body cannot be read.', { cause: error });
        }
      }
    },
  ),
  mutant("hands a proxy's page out as text", 'fault.html', lenient(truncatedAs)),
  mutant(
    'takes a stream without events for an empty reply',
    'fault.html.as-json',
    ending(
      () => [FINISH],
      () => [FINISH],
    ),
  ),
  mutant(
    'repairs half a document',
    'fault.half-json',
    lenient((text) => (text.startsWith('{') ? {} : { blocks: undefined })),
  ),
  mutant(
    'takes any JSON for a reply',
    'fault.other-json',
    class extends ReferenceLLM {
      override reply(raw: Raw) {
        return super.reply({ blocks: [], finish: 'stop', ...raw });
      }
    },
  ),
  mutant(
    'takes an empty body for an empty reply',
    'fault.empty-body',
    lenient((text) => (text === '' ? {} : { blocks: undefined })),
  ),
  mutant(
    'looks for events in whatever it is given',
    'fault.wrong-type.stream',
    class extends ReferenceLLM {
      override async *events(response: Response): AsyncGenerator<StreamBatch> {
        const decoder = new OwnEvents();
        const translator = this.translator();
        for await (const chunk of response.body!) {
          const out: ChatStreamEvent[] = [];
          for (const event of decoder.push(chunk)) translator.push(event, out);
          yield out;
        }
      }
    },
  ),
  mutant(
    'reads a stream as if it were the text of a reply',
    'fault.wrong-type.whole',
    lenient((text) => (text.startsWith('data:') ? truncatedAs(text) : { blocks: undefined })),
  ),

  mistaken(400, 500),
  mistaken(401, 403),
  mistaken(403, 401),
  mistaken(404, 400),
  mistaken(413, 500),
  mistaken(422, 500),
  mistaken(408, 400),
  mistaken(409, 400),
  mistaken(429, 400),
  mistaken(500, 400),
  mistaken(502, 400),
  mistaken(503, 400),
  mistaken(504, 400),
  mistaken(529, 500),
  mistaken(429, 429, '.quota'),
  mistaken(400, 400, '.context-length'),
  mutant(
    'waits milliseconds where seconds are meant',
    'status.retry-after.seconds',
    failure((error, status, headers) => {
      const ms = Number(headers.get('retry-after') ?? 'x');
      return Number.isNaN(ms)
        ? error
        : new MortiseError('rate-limit', error.message, { status, retryAfterMs: ms });
    }),
  ),
  mutant(
    'does not look for Retry-After',
    'status.retry-after.429-seconds',
    failure(({ message }, status) => errorFromResponse({ provider: 'reference', status, message })),
  ),
  mutant(
    'does not know dates in Retry-After',
    'status.retry-after.429-date',
    failure((error, status, headers) =>
      Number.isNaN(Number(headers.get('retry-after') ?? 0))
        ? errorFromResponse({ provider: 'reference', status })
        : error,
    ),
  ),
  mutant(
    'does not look for Retry-After in a 503',
    'status.retry-after.503-seconds',
    failure((error, status) =>
      status === 503 ? errorFromResponse({ provider: 'reference', status }) : error,
    ),
  ),
  mutant(
    'forgets the id of a request that failed',
    'status.request-id',
    failure(
      ({ code, message, retryable }, status) =>
        new MortiseError(code as 'server', message, { status, retryable }),
    ),
  ),
  mutant(
    'expects JSON behind every error',
    'status.html',
    class extends ReferenceLLM {
      override failure(status: number, headers: Headers, text: string): MortiseError {
        JSON.parse(text);
        return super.failure(status, headers, text);
      }
    },
  ),
  mutant(
    'tries again by itself',
    'retry.bounded',
    class extends ReferenceLLM {
      override async send(body: Raw, attempt: Attempt): Promise<Response> {
        return super.send(body, attempt).catch(() => super.send(body, attempt));
      }
    },
  ),
];
