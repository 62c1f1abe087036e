import { inspect } from 'node:util';
import { inSpan, MortiseError, type Attempt } from '@mortise/core';
import { errorFromResponse, readJson, readReplyText } from '@mortise/core/wire';
import { KEY, ReferenceClient, type Raw } from '../reference/vectors.ts';

/** A client with one thing wrong, and the case that must catch it, whatever the client is for. */
export type BrokenClient = readonly [
  fault: string,
  caughtBy: string,
  Client: new (url: string, headers?: Readonly<Record<string, string>>) => ReferenceClient,
];

const mistaken = (id: string, as: number): BrokenClient => {
  const [status = '', kind] = id.split('.');
  return [
    `takes ${id} for ${as}`,
    `status.${id}`,
    class extends ReferenceClient {
      override failure(given: number, headers: Headers, text: string): MortiseError {
        const right = super.failure(given, headers, text);
        const meant = given === Number(status) && (kind === undefined || kind === right.code);
        return meant ? errorFromResponse({ provider: 'reference', status: as, headers }) : right;
      }
    },
  ];
};

const changed = (change: (error: MortiseError, text: string, headers: Headers) => MortiseError) =>
  class extends ReferenceClient {
    override failure(status: number, headers: Headers, text: string): MortiseError {
      return change(super.failure(status, headers, text), text, headers);
    }
  };

/** The signal reaches neither the request nor its body. */
const deaf = class extends ReferenceClient {
  override init(body: Raw, attempt: Attempt): RequestInit {
    return { ...super.init(body, attempt), signal: null };
  }
};

/** Reads what is no reply with more goodwill than it deserves. */
const lenient = (read: (text: string, type: string) => Raw | undefined) =>
  class extends ReferenceClient {
    override async json(response: Response, attempt: Attempt): Promise<Raw> {
      const copy = response.clone();
      try {
        return await super.json(response, attempt);
      } catch (error) {
        const text = await readReplyText(copy, attempt).catch(() => '');
        const raw = read(text, response.headers.get('content-type') ?? '');
        if (raw === undefined) throw error;
        return raw;
      }
    }
  };

const withError = (change: (error: unknown) => unknown) =>
  class extends ReferenceClient {
    override async send(body: Raw, attempt: Attempt): Promise<Raw> {
      try {
        return await super.send(body, attempt);
      } catch (error) {
        throw change(error);
      }
    }
  };

const noReply = (): never => {
  throw new MortiseError('server', 'No reply.', { retryable: false });
};

/** Bodies that say they are failures, taken for something else. */
const unsaid = (isSaid: (body: unknown) => boolean) =>
  class extends ReferenceClient {
    override async json(response: Response, attempt: Attempt): Promise<Raw> {
      const copy = response.clone();
      const body: unknown = await copy.json().catch(() => undefined);
      if (isSaid(body)) throw new MortiseError('malformed-response', 'That is no reply.');
      return super.json(response, attempt);
    }
  };

const OWN = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };

/** What is wrong with how requests are sent and failures met. */
export const brokenClients: readonly BrokenClient[] = [
  [
    'follows redirects to wherever they lead',
    'redirect.other-origin',
    class extends ReferenceClient {
      override fetch(init: RequestInit): Promise<Response> {
        return fetch(this.url, init);
      }
    },
  ],
  ...(['refusal', 'said', 'page'] as const).map((method): BrokenClient => [
    `shows what ${method} brings back`,
    `secrets.forms.${method}`,
    class extends ReferenceClient {
      override failure(status: number, headers: Headers, text: string): MortiseError {
        const requestId = headers.get('x-request-id') ?? undefined;
        return errorFromResponse({ provider: 'reference', status, headers, message: text, requestId });
      }
      override json(response: Response, attempt: Attempt): Promise<Raw> {
        return readJson(response, attempt, { provider: 'reference' });
      }
    },
  ]),
  [
    "drops the application's headers",
    'request.headers',
    class extends ReferenceClient {
      override init(body: Raw, attempt: Attempt): RequestInit {
        return { ...super.init(body, attempt), headers: OWN };
      }
    },
  ],
  [
    'drops the query of the base URL',
    'request.query',
    class extends ReferenceClient {
      override get url(): string {
        return super.url.replace(/\?.*$/, '');
      }
    },
  ],
  [
    'sends headers with the first attempt alone',
    'request.headers',
    class extends ReferenceClient {
      #sent = 0;
      override init(body: Raw, attempt: Attempt): RequestInit {
        const right = super.init(body, attempt);
        return this.#sent++ === 0 ? right : { ...right, headers: OWN };
      }
    },
  ],
  [
    'redacts the key and no other header',
    'secrets.headers',
    class extends ReferenceClient {
      override get secrets() {
        return [KEY];
      }
    },
  ],
  [
    'redacts the key and nothing of the base URL',
    'secrets.url',
    class extends ReferenceClient {
      override get secrets() {
        return [KEY];
      }
    },
  ],
  [
    'tells listeners of the whole request',
    'secrets.events',
    class extends ReferenceClient {
      override send(body: Raw, attempt: Attempt): Promise<Raw> {
        const { headers } = this.init(body, attempt);
        void inSpan(
          'embedding.batch',
          { content: () => ({ headers: { ...(headers as Raw) } }) },
          async () => 1,
        );
        return super.send(body, attempt);
      }
    },
  ],
  [
    'warns in the words of a header',
    'secrets.reply',
    class extends ReferenceClient {
      override json(response: Response, attempt: Attempt): Promise<Raw> {
        const message = response.headers.get('x-warning');
        if (message !== null) attempt.warn({ type: 'other', message });
        return super.json(response, attempt);
      }
    },
  ],
  [
    'knows no error in a body',
    'fault.said.error',
    unsaid((body) => typeof body === 'object' && body !== null && 'error' in body),
  ],
  ['knows no list of errors', 'fault.said.list', unsaid(Array.isArray)],
  [
    "looks for errors in no body with an answer's members",
    'fault.said.beside',
    unsaid((body) => typeof body === 'object' && body !== null && 'errors' in body && 'choices' in body),
  ],
  ...(
    [
      ['400', 403],
      ['401', 400],
      ['403', 401],
      ['404', 400],
      ['413', 500],
      ['422', 500],
      ['408', 400],
      ['409', 400],
      ['500', 400],
      ['502', 503],
      ['503', 500],
      ['504', 400],
      ['529', 500],
      ['429.quota', 429],
      ['400.context-length', 400],
    ] as const
  ).map(([id, as]) => mistaken(id, as)),
  [
    'takes 429 for 400',
    'status.429',
    changed((error) =>
      error.code === 'rate-limit'
        ? errorFromResponse({ provider: 'reference', status: 400, headers: new Headers() })
        : error,
    ),
  ],
  [
    'forgets the id of a request that failed',
    'status.request-id',
    changed(
      ({ code, message, status, retryable, retryAfterMs }) =>
        new MortiseError(code as 'server', message, { status, retryable, retryAfterMs }),
    ),
  ],
  [
    'ignores Retry-After',
    'status.retry-after.seconds',
    changed(
      (error) => new MortiseError(error.code as 'server', error.message, { retryable: error.retryable }),
    ),
  ],
  ...(['429-seconds', '429-date', '503-seconds'] as const).map((name): BrokenClient => [
    `forgets a Retry-After (${name})`,
    `status.retry-after.${name}`,
    changed(
      (error) => new MortiseError(error.code as 'server', error.message, { retryable: error.retryable }),
    ),
  ]),
  [
    "shows a proxy's page",
    'status.html',
    changed((error, text) => new MortiseError(error.code as 'server', text)),
  ],
  [
    'retries on its own',
    'retry.bounded',
    class extends ReferenceClient {
      override async fetch(init: RequestInit): Promise<Response> {
        const response = await super.fetch(init);
        return response.status === 500 ? super.fetch(init) : response;
      }
    },
  ],
  [
    'gives what is no MortiseError for a reset',
    'fault.reset.before-headers',
    withError((error) => new MortiseError('internal', 'fetch failed', { cause: error })),
  ],
  [
    'gives up when a body breaks before anything was said',
    'fault.reset.after-headers',
    class extends ReferenceClient {
      override json(response: Response, attempt: Attempt): Promise<Raw> {
        return super.json(response, attempt).catch((cause: unknown) => {
          throw new MortiseError('connection', 'The body broke.', { retryable: false, cause });
        });
      }
    },
  ],
  [
    'calls a reset a failure of the server',
    'fault.reset.always',
    withError((error) => new MortiseError('server', 'down', { cause: error, retryable: true })),
  ],
  ['gives up when a body breaks', 'fault.reset.in-body.whole', lenient(noReply)],
  [
    "takes a proxy's page for a failing server",
    'fault.html',
    lenient((_text, type) => (type.includes('html') ? noReply() : undefined)),
  ],
  [
    'takes a page for a failing server by its text',
    'fault.html.as-json',
    lenient((text) => (text.startsWith('<') ? noReply() : undefined)),
  ],
  [
    'takes half a document for a failing server',
    'fault.half-json',
    lenient((text) => (text.startsWith('{') ? noReply() : undefined)),
  ],
  [
    'reads an error without a status as no results',
    'fault.other-json',
    class extends ReferenceClient {
      override async json(response: Response, attempt: Attempt): Promise<Raw> {
        const raw = await super.json(response, attempt);
        return 'status' in raw ? noReply() : raw;
      }
    },
  ],
  [
    'takes an empty body for a failing server',
    'fault.empty-body',
    lenient((text) => (text === '' ? noReply() : undefined)),
  ],
  ['swallows abort', 'abort.waiting', deaf],
  [
    'lets go of the signal once the headers are there',
    'abort.in-body',
    class extends ReferenceClient {
      override async send(body: Raw, attempt: Attempt): Promise<Raw> {
        const controller = new AbortController();
        const abort = (): void => controller.abort(attempt.signal.reason);
        attempt.signal.addEventListener('abort', abort);
        const response = await this.fetch(this.init(body, { ...attempt, signal: controller.signal }));
        attempt.signal.removeEventListener('abort', abort);
        response.text().catch(() => undefined);
        return new Promise(() => undefined);
      }
    },
  ],
  ['keeps the connection of a call that took too long', 'time.slow-headers', deaf],
  [
    'has a short clock of its own',
    'time.slow-but-in-time',
    class extends ReferenceClient {
      override init(body: Raw, attempt: Attempt): RequestInit {
        return {
          ...super.init(body, attempt),
          signal: AbortSignal.any([attempt.signal, AbortSignal.timeout(100)]),
        };
      }
    },
  ],
  [
    'repeats the key that it was told',
    'secrets.error',
    changed((error, text) => new MortiseError(error.code as 'server', text)),
  ],
  [
    'opens a span that it never ends',
    'spans.once',
    class extends ReferenceClient {
      override send(body: Raw, attempt: Attempt): Promise<Raw> {
        void inSpan('embedding.batch', {}, () => new Promise(() => undefined));
        return super.send(body, attempt);
      }
    },
  ],
  [
    'reads the first chunk of a reply',
    'wire.bytes',
    class extends ReferenceClient {
      override async json(response: Response): Promise<Raw> {
        const { value } = await response.body!.getReader().read();
        return lastResort(new TextDecoder().decode(value));
      }
    },
  ],
  [
    'asks for bytes as they are and does not inflate them',
    'wire.gzip',
    class extends ReferenceClient {
      override async json(response: Response, attempt: Attempt): Promise<Raw> {
        if (response.headers.has('content-encoding'))
          throw new MortiseError('malformed-response', inspect(response));
        return super.json(response, attempt);
      }
    },
  ],
  [
    'refuses fields that it does not know',
    'unknown.field',
    class extends ReferenceClient {
      override async json(response: Response, attempt: Attempt): Promise<Raw> {
        const raw = await super.json(response, attempt);
        if ('hologram' in raw) throw new MortiseError('malformed-response', 'An unknown field.');
        return raw;
      }
    },
  ],
];

function lastResort(text: string): Raw {
  try {
    return JSON.parse(text) as Raw;
  } catch (cause) {
    throw new MortiseError('malformed-response', 'No JSON.', { cause });
  }
}
