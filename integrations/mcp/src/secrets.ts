import { Credentials } from '@mortise/core/wire';

/** What no error may show of the address of a server: the values of its query, and what looks like a token in its path. */
export function addressSecrets({ href }: URL): string[] {
  const { secrets } = new Credentials(
    { baseURL: href },
    { provider: 'mcp', name: 'MCP', variable: '', defaultBaseURL: href },
  );
  return secrets.filter((secret) => secret !== undefined);
}

/** The last words of a name whose value is secret: `--api-key`, `GITHUB_TOKEN=`, `?sig=`. */
const SECRET_NAME = /(?:key|token|secret|passw(?:or)?d|authorization|bearer|header|sig(?:nature)?)$/i;
const OPTION = /^--?[\w.-]+$/;
/** What stands behind a switch that takes no value; a token that begins with a dash has more than small letters. */
const ANOTHER_OPTION = /^--?[a-z-]+$/;

/**
 * What no error may show of the arguments of a program: by their names, as `--name value` or `NAME=value`, and what is secret in
 * addresses. Not all of them: the most are common words, which a server's message needs.
 */
export function argumentSecrets(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    const before = args[at - 1] ?? '';
    if (OPTION.test(before) && SECRET_NAME.test(before) && !ANOTHER_OPTION.test(arg))
      return valueSecrets(before, arg);
    const [, name = '', value = arg] = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(arg) ?? [];
    return SECRET_NAME.test(name) ? valueSecrets(name, value) : secretsWithin(value);
  });
}

/** A header stands there with its name: `Authorization: Bearer ...`. */
function valueSecrets(name: string, value: string): string[] {
  const ofHeader = /header$/i.test(name) ? [value.slice(value.indexOf(':') + 1).trim()] : [];
  return [value, ...ofHeader, ...secretsWithin(value)];
}

/** Of an address. Not by `URL` alone: connection strings of databases name several hosts. */
function secretsWithin(text: string): string[] {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  const [, password = ''] = /:\/\/[^/:@]*:([^/]*)@/.exec(text) ?? [];
  const parameters = [...text.matchAll(/[?&]([^?&=#]*)=([^&#]*)/g)].flatMap(([, name = '', value = '']) =>
    SECRET_NAME.test(name) ? [value] : [],
  );
  const raw = [password, ...parameters];
  return [...raw, ...raw.map(decoded), ...(url === null ? [] : addressSecrets(url))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
