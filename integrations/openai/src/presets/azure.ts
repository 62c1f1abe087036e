import { isMortiseError, MortiseError, toMortiseError } from '@mortise/core';

/** Where a model of Azure OpenAI is, and who asks. */
export interface AzureOptions {
  /** The resource's name, or all of its address, such as `https://eu-search.openai.azure.com`. */
  resource: string;
  /**
   * The deployment, for the classic path: `/openai/deployments/NAME/...?api-version=`, with `apiVersion`. Default: the v1
   * path, where `model` names the deployment.
   */
  deployment?: string | undefined;
  /** The version of the API, such as `2024-10-21`. Default: none; on the v1 path none is needed. */
  apiVersion?: string | undefined;
  /**
   * A token of Entra ID in place of the key, asked for before each request: `getBearerTokenProvider` of `@azure/identity`
   * for the scope `https://cognitiveservices.azure.com/.default`. It caches.
   */
  token?: (() => string | Promise<string>) | undefined;
}

/** Options of `OpenAILLM` and `OpenAIEmbedding`. */
export interface AzureConnection {
  readonly name: string;
  readonly baseURL: string;
  readonly apiKeyVariable: string | null;
  readonly apiKeyHeader: string;
  readonly token?: () => Promise<string>;
  readonly api?: 'chat-completions';
}

/**
 * Azure OpenAI, for `new OpenAILLM({ ...azure({ resource }), model })`. Its key is `AZURE_OPENAI_API_KEY`, or `apiKey`, in the
 * header `api-key`. The classic path has Chat Completions alone here. `configuration` for options that name no address.
 * https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle, 2026-08.
 */
export function azure({ resource, deployment, apiVersion, token }: AzureOptions): AzureConnection {
  const address = /^https?:\/\//.test(resource) ? withoutSlash(resource) : addressOf(resource);
  if (deployment !== undefined && apiVersion === undefined)
    throw misfit(
      'A deployment is reached by its version: give apiVersion, or leave the deployment to model.',
    );
  const path = deployment === undefined ? 'v1' : `deployments/${encodeURIComponent(deployment)}`;
  const query = apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(apiVersion)}`;
  return {
    // What is opaque in a reply belongs to the resource.
    name: `azure ${URL.parse(address)?.host.split('.')[0] ?? ''}`.trim(),
    baseURL: `${address}/openai/${path}${query}`,
    apiKeyVariable: token === undefined ? 'AZURE_OPENAI_API_KEY' : null,
    apiKeyHeader: 'api-key',
    ...(token === undefined ? {} : { token: () => tokenOf(token) }),
    ...(deployment === undefined ? {} : { api: 'chat-completions' }),
  };
}

function withoutSlash(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end--;
  return address.slice(0, end);
}

function addressOf(resource: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(resource))
    throw misfit('resource is neither the name of one nor an address that begins with https://.');
  return `https://${resource}.openai.azure.com`;
}

async function tokenOf(ask: () => string | Promise<string>): Promise<string> {
  let token: unknown;
  try {
    token = await ask();
  } catch (cause) {
    const error = toMortiseError(cause);
    // A network that fails, or an error of ours, is what it is.
    if (isMortiseError(cause) || error.code !== 'internal') throw error;
    throw new MortiseError('authentication', `There is no token: ${error.message}`, { cause });
  }
  if (typeof token === 'string' && token !== '' && !/[^\x21-\x7e]/.test(token)) return token;
  throw misfit('token gave nothing that can be sent as a token. Give a function that returns one.');
}

function misfit(message: string): MortiseError {
  return new MortiseError('configuration', message, { provider: 'openai' });
}
