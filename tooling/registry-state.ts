/** What a registry knows of a package, and whether it would let the publishing workflow publish it. Pure questions over HTTP. */

/** `unknown`: no version was ever published, so nobody can be trusted with it yet. */
export type RegistryState =
  | { readonly name: string; readonly state: 'unknown' }
  | {
      readonly name: string;
      readonly state: 'known';
      readonly versions: readonly string[];
      /** Absent where it could not be asked. `why` is the registry's answer to a workflow that the package does not trust. */
      readonly trust?: { readonly trusted: true } | { readonly trusted: false; readonly why: string };
    };

/** The versions of `name`; undefined where the registry has never heard of it. */
export async function versionsOf(registry: string, name: string): Promise<readonly string[] | undefined> {
  const response = await fetch(`${withSlash(registry)}${name.replace('/', '%2f')}`, {
    headers: { accept: 'application/vnd.npm.install-v1+json' },
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${registry} answered ${response.status} for ${name}.`);
  const { versions = {} } = (await response.json()) as { versions?: Record<string, unknown> };
  const names = Object.keys(versions);
  return names.length === 0 ? undefined : names;
}

/** A token of the identity of a run on GitHub Actions, for the registry's host; undefined elsewhere. */
export async function identityToken(registry: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (url === undefined || token === undefined) return undefined;
  const address = new URL(url);
  address.searchParams.set('audience', `npm:${new URL(registry).hostname}`);
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`The token of this run's identity was refused: ${response.status}.`);
  return ((await response.json()) as { value: string }).value;
}

/**
 * Whether the registry would give this identity a token to publish `name`. It answers 404 or 403 where the package does not trust the
 * workflow; any other failure says nothing of trust, and is thrown.
 */
export async function trustOf(
  registry: string,
  name: string,
  identity: string,
): Promise<{ readonly trusted: true } | { readonly trusted: false; readonly why: string }> {
  const address = `${withSlash(registry)}-/npm/v1/oidc/token/exchange/package/${name.replace('/', '%2f')}`;
  const response = await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${identity}` } });
  const { status } = response;
  const text = await response.text();
  if (response.ok) return { trusted: true };
  if (status === 429 || status >= 500)
    throw new Error(`${registry} answered ${status} when it was asked whom ${name} trusts.`);
  return { trusted: false, why: `${status} ${messageOf(text)}`.trim() };
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/**
 * The state of each package, four questions at once. Trust is known only where there is an identity: what a package trusts is told to
 * its owners (`npm trust list NAME`, with a second factor) and, by the exchange of tokens, to the workflow itself.
 */
export async function registryStates(
  registry: string,
  names: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<RegistryState[]> {
  const identity = await identityToken(registry, env);
  const states = new Map<string, RegistryState>();
  const waiting = names.values();
  const ask = async (): Promise<void> => {
    for (const name of waiting) {
      const versions = await versionsOf(registry, name);
      if (versions === undefined) states.set(name, { name, state: 'unknown' });
      else {
        const trust = identity === undefined ? {} : { trust: await trustOf(registry, name, identity) };
        states.set(name, { name, state: 'known', versions, ...trust });
      }
    }
  };
  await Promise.all([ask(), ask(), ask(), ask()]);
  return names.map((name) => states.get(name)!);
}

/** What keeps a release of these packages from working, a line each. */
export function problemsOf(states: readonly RegistryState[]): string[] {
  return states.flatMap((each) => {
    if (each.state === 'unknown')
      return [
        `${each.name} was never published, and a name begins by hand: pnpm release:bootstrap --publish`,
      ];
    return each.trust?.trusted === false
      ? [`${each.name} does not trust this workflow (${each.trust.why}): pnpm release:bootstrap`]
      : [];
  });
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
