import type { ConformanceResults, Suite } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { redact } from '@mortise/core/wire';
import { accessOf, type ServerSubject } from './ask.ts';
import { CHAT_COST, chatServerCases } from './chat-cases.ts';
import { EMBEDDING_COST, embeddingServerCases } from './embedding-cases.ts';

/** A server and what is not expected of it. */
export interface ServerConformanceOptions extends ServerSubject {
  /** `llm`: `POST /chat/completions`. `embedding`: `POST /embeddings`. */
  readonly contract: 'llm' | 'embedding';
  /** What it does not have, and why: `tools`, `structuredOutput`, `usage`, `usageInStreams`, `stop`, `streaming`, `models`, `base64`. */
  readonly reasons?: Readonly<Record<string, string>> | undefined;
  /** In titles and reports. Default: the model. */
  readonly name?: string | undefined;
}

const SUITES = { llm: chatServerCases, embedding: embeddingServerCases } as const;

/** What the cases cost at most: requests, one at a time but for three, and tokens in and out. */
export const SERVER_COST = { llm: CHAT_COST, embedding: EMBEDDING_COST } as const;

/**
 * A running server of OpenAI's wire, asked what an integration relies on, as tests of `functions`' runner. It is asked over
 * the network, and what it answers may cost money: {@link SERVER_COST}.
 */
export function serverConformance(
  functions: TestFunctions,
  options: ServerConformanceOptions,
): ConformanceResults {
  const { contract, reasons = {}, name = options.model, ...subject } = options;
  const { secrets } = accessOf(subject);
  const suite: Suite<ServerSubject> = SUITES[contract].map((each) => ({
    ...each,
    run: (context) => each.run(context).catch((error: unknown) => throwWithout(secrets, error)),
  }));
  const given: Record<string, string> = {
    ...(subject.apiKey === undefined ? { key: 'It is asked without a key.' } : {}),
    ...reasons,
  };
  const features = new Set(suite.flatMap(({ requires }) => requires));
  return conformance(functions, {
    contract: `${contract}-server`,
    name,
    suite,
    subject,
    declared: [...features].filter((feature) => given[feature] === undefined),
    reasons: given,
    // What is said to be absent is not asked for: each case costs.
    tryUndeclared: false,
  });
}

/** A server may say again what it was sent, and what fails goes into reports. */
function throwWithout(secrets: readonly (string | undefined)[], thrown: unknown): never {
  if (!(thrown instanceof Error)) throw new Error(redact(String(thrown), secrets));
  throw Object.assign(thrown, {
    message: redact(thrown.message, secrets),
    stack: redact(thrown.stack ?? '', secrets),
    cause: undefined,
  });
}
