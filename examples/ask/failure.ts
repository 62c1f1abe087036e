import { isMortiseError, type MortiseError } from '@mortise/core';

/** A failure that the program itself found: what is wrong, and what to do about it. */
export class AskError extends Error {
  override readonly name = 'AskError';

  constructor(what: string, hint: string, options?: ErrorOptions) {
    super(`${what}. ${hint}`, options);
  }
}

/** Any failure in one line without a stack, ready to be read by who typed the command. */
export function describeFailure(error: unknown, preset?: string): string {
  return `error: ${oneLine(sentences(error, preset))}`;
}

function sentences(error: unknown, preset: string | undefined): string {
  if (isMortiseError(error)) return describeMortiseError(error, preset);
  return error instanceof Error ? error.message : String(error);
}

/** Says in this program's words what the user can change: an option or a variable of the environment. */
function describeMortiseError(error: MortiseError, preset: string | undefined): string {
  const provider = (error.provider === 'openai' ? preset : undefined) ?? error.provider ?? 'the provider';
  const model = error.model === undefined ? 'the model' : `the model "${error.model}"`;
  const status = error.status === undefined ? '' : ` (HTTP ${error.status})`;
  switch (error.code) {
    case 'not-found':
      if (error.provider === undefined) return error.message;
      return `${provider} does not know ${model}${status}. Check its name after ${error.provider}: and the --base-url.`;
    case 'authentication':
      return `${provider} refused the key${status}. Check ${keyVariable(provider) ?? 'it'}.`;
    case 'permission':
      if (error.provider === undefined) return error.message;
      return `${provider} does not allow this key to use ${model}${status}. Use another model or key.`;
    case 'quota':
      return `${provider} says that the quota is used up${status}. Check the plan, or leave out --llm.`;
    case 'rate-limit':
      return `${provider} is asked too often${status}. Wait a little and ask again.`;
    case 'connection':
      return `${provider} cannot be reached: ${deepestMessage(error)}. Check the network and the --base-url.`;
    default:
      return error.message;
  }
}

const KEY_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['cohere', 'CO_API_KEY'],
  ['google', 'GEMINI_API_KEY'],
  ['mistral', 'MISTRAL_API_KEY'],
  ['voyage', 'VOYAGE_API_KEY'],
]);

/** Where a provider's key is looked for. Undefined for models that need none. */
export function keyVariable(provider: string): string | undefined {
  return KEY_VARIABLES.get(provider);
}

/** The operating system's own words, which name the host and the port. */
function deepestMessage(error: Error): string {
  let deepest: Error = error;
  for (let depth = 0; depth < 8; depth++) {
    const { cause, errors } = deepest as { cause?: unknown; errors?: unknown };
    const next: unknown = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
    if (!(next instanceof Error)) break;
    deepest = next;
  }
  return deepest.message.replace(/\.$/, '');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
