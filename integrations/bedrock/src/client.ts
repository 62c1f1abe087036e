import { isMortiseError, MortiseError, type Attempt } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  lazySdk,
  malformed,
  notSent,
  refusalOf,
  thrownWithoutSecrets,
  type About,
} from '@mortise/core/wire';
import { meaningOf } from './errors.ts';
import { isText, objectAt } from './raw.ts';

/** The part of the SDK's client that is used. `new BedrockRuntimeClient()` fits, in any version since 3.1164, and so does a double. */
export interface BedrockClient {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<unknown>;
}

/** A pair of keys of AWS, with the token of a session where they are temporary: the type of AWS's own libraries. */
export interface BedrockCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How to reach the provider. */
export interface BedrockConnection {
  /** Such as `eu-central-1`. Default: where the SDK finds it, `AWS_REGION` or the configuration file of the AWS tools. */
  region?: string | undefined;
  /** A key of Bedrock. Default: the environment variable `AWS_BEARER_TOKEN_BEDROCK`, read at the first call. */
  apiKey?: string | undefined;
  /**
   * Keys of AWS, by which requests are signed, or a function that gives them. Default, where there is no key of Bedrock:
   * where the SDK finds them, such as `AWS_ACCESS_KEY_ID`, the files of the AWS tools or the machine's role.
   */
  credentials?: BedrockCredentials | (() => Promise<BedrockCredentials>) | undefined;
  /** Default: `https://bedrock-runtime.REGION.amazonaws.com`, or what the partition of the region has instead. */
  baseURL?: string | undefined;
  /** Sent with every request, and signed with it. One named `authorization` stands in for the key and the signature. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request to the model. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Used as it is, but for what carries its requests; the region, the credentials and the address are then its business. */
  client?: BedrockClient | undefined;
}

/** What of Bedrock is called. */
export type Operation = 'Converse' | 'ConverseStream' | 'InvokeModel';

/** A reply that is not read yet, and what no error about it may show. */
export interface Reply {
  readonly response: Response;
  readonly about: About;
}

const loadSdk = /* @__PURE__ */ lazySdk(
  'bedrock',
  '@aws-sdk/client-bedrock-runtime',
  () => import('@aws-sdk/client-bedrock-runtime'),
);
type Sdk = Awaited<ReturnType<typeof loadSdk>>;

/** A request as the SDK has made it, which its middleware sees. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  headers: Record<string, string>;
  body?: unknown;
}

type Handle = (args: { readonly request: SdkRequest }) => Promise<object>;
type Middleware = (next: Handle, context: object) => Handle;

/** The slice of a command of the SDK that is used: https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/ */
interface Command {
  readonly middlewareStack: { add(middleware: object, place: object): void };
}

type CommandType = new (input: { modelId: string } & typeof JSON_TYPES) => Command;

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #options: BedrockConnection;
  readonly #fetch: typeof globalThis.fetch;
  #client: BedrockClient | undefined;

  constructor(options: BedrockConnection) {
    const { apiKey, credentials, baseURL } = options;
    if (apiKey !== undefined && credentials !== undefined) {
      const message = 'apiKey is a key of Bedrock, credentials are keys of AWS. Give one of the two.';
      throw new MortiseError('configuration', message, { provider: 'bedrock' });
    }
    this.#credentials = new Credentials(
      // With an address of its own a key may be missing: the SDK then looks for keys of AWS.
      { ...options, baseURL: baseURL ?? 'https://bedrock-runtime.amazonaws.com' },
      {
        provider: 'bedrock',
        name: 'Amazon Bedrock',
        variable: 'AWS_BEARER_TOKEN_BEDROCK',
        defaultBaseURL: '',
      },
    );
    this.#options = options;
    const { query } = this.#credentials;
    this.#fetch = guardedFetch({ provider: 'bedrock', fetch: options.fetch, query }, { carry: true });
  }

  /**
   * One request, its reply unread. The SDK knows the address and signs; the body is ours, since its own writer leaves out
   * members that it does not know, and so is the fetch. What follows in the SDK sees nothing of the reply.
   */
  async send(operation: Operation, body: object, attempt: Attempt, about: About): Promise<Reply> {
    const { headers, secrets: known } = this.#credentials;
    const secrets = [...known, ...keysOf(this.#options.credentials)];
    const told: About = { ...about, secrets };
    let reply: Promise<Response> | undefined;
    const send = async (request: SdkRequest): Promise<Response> => {
      const { protocol, hostname, port, path, method } = request;
      const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
      const sent = new Headers(request.headers);
      // One that authorises takes the signature's place.
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
      // Those two are for fetch to say.
      for (const name of ['host', 'content-length']) sent.delete(name);
      const { signal } = attempt;
      return await this.#fetch(url, { method, headers: sent, body: request.body as string, signal });
    };
    try {
      const sdk = await loadSdk();
      // Where none can be made, the next call may find the key.
      const client = (this.#client ??= this.#options.client ?? this.#create(sdk));
      const Made: CommandType = sdk[`${operation}Command`];
      const command = new Made({ modelId: about.model ?? '', ...JSON_TYPES });
      const write: Middleware = (next) => (args) => {
        const { request } = args;
        request.body = JSON.stringify(body);
        Object.assign(request.headers, headers);
        return next(args);
      };
      // A client whose own handler speaks HTTP/2 would sign what fetch cannot send.
      const address: Middleware = (next) => (args) => {
        const { headers: made } = args.request;
        const { ':authority': authority } = made;
        if (authority !== undefined) made['host'] = authority;
        delete made[':authority'];
        return next(args);
      };
      const carry: Middleware =
        (_next, context) =>
        async ({ request }) => {
          secrets.push(...keysOf(identityOf(context)), ...signatureOf(request));
          reply = send(request);
          // Its clock is held against the server's, and it repeats nothing, whatever came.
          const date = await reply.then(
            (response) => response.headers.get('date'),
            () => null,
          );
          return { response: { statusCode: 200, headers: { date } }, output: { $metadata: {} } };
        };
      // Behind the SDK's own writer, and before the signature.
      command.middlewareStack.add(write, { step: 'serialize', priority: 'low' });
      command.middlewareStack.add(address, { step: 'build', priority: 'low' });
      // The last before its own handler and its reader, which are not called.
      command.middlewareStack.add(carry, { step: 'finalizeRequest', priority: 'low' });
      await client.send(command, { abortSignal: attempt.signal });
    } catch (error) {
      if (attempt.signal.aborted || isMortiseError(error)) throw error;
      throw notSent('Amazon Bedrock', error, REMEDY, told);
    }
    if (reply === undefined)
      throw malformed('nothing, as the client did not run the middleware of the command', told);
    const response = await reply.catch((error: unknown) => {
      throw thrownWithoutSecrets(error, told);
    });
    const refusal = refusalOf(response);
    if (refusal === undefined) return { response, about: told };
    const word = refusal.headers.get('x-amzn-errortype');
    throw await errorFromReply(refusal, attempt, told, (said) => meaningOf(word ?? said.word, said.message));
  }

  #create({ BedrockRuntimeClient }: Sdk): BedrockClient {
    const { region, baseURL, credentials } = this.#options;
    // Keys that were given are meant, whatever stands in the environment.
    const key = credentials === undefined ? this.#credentials.key() : undefined;
    const isSigned = key === undefined && !this.#credentials.authorised;
    const own = baseURL === undefined ? {} : { endpoint: this.#credentials.baseURL, useFipsEndpoint: false };
    // A server of one's own that wants no signature has no region either.
    const anyRegion = baseURL !== undefined && !isSigned ? 'us-east-1' : undefined;
    return new BedrockRuntimeClient({
      ...own,
      ...defined({ region: region ?? anyRegion, credentials: isSigned ? credentials : undefined }),
      ...(isSigned ? {} : { token: { token: key ?? 'none' } }),
      authSchemePreference: [isSigned ? 'sigv4' : 'httpBearerAuth'],
      // Else an address is read from the environment, and the time limits of a mode from files.
      ignoreConfiguredEndpointUrls: true,
      defaultsMode: 'standard',
      maxAttempts: 1,
      requestHandler: { handle: () => Promise.reject(new Error('The SDK sent a request by itself.')) },
    });
  }
}

/** Of the body, and of the reply: `InvokeModel` asks for them, the others have no others. */
const JSON_TYPES = { contentType: 'application/json', accept: 'application/json' };

/** What a request is signed with, where the SDK says so. */
function identityOf(context: object): unknown {
  const { __smithy_context: inner } = context as { __smithy_context?: unknown };
  return objectAt(objectAt(inner)['selectedHttpAuthScheme'])['identity'];
}

function keysOf(identity: unknown): string[] {
  const { accessKeyId, secretAccessKey, sessionToken, token } = objectAt(identity);
  return [accessKeyId, secretAccessKey, sessionToken, token].filter(isText);
}

function signatureOf({ headers }: SdkRequest): string[] {
  const [, signature] = /\bSignature=(\w+)/.exec(headers['authorization'] ?? '') ?? [];
  return signature === undefined ? [] : [signature];
}

/** Where the SDK failed before it sent anything. */
const REMEDY = 'Check the model, the region and the credentials.';
