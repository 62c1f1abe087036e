import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Credentials, lazySdk } from '@mortise/core/wire';

const ACCESS = {
  provider: 'acme',
  name: 'Acme',
  variable: 'ACME_TEST_KEY',
  defaultBaseURL: 'https://api.acme.example/',
} as const;
const KEY = 'key-that-nobody-may-see';

afterEach(() => void vi.unstubAllEnvs());

describe('Credentials', () => {
  it('C-09: reads the variable at the first call, and leaves out the blanks around it', () => {
    const credentials = new Credentials({}, ACCESS);
    expect(() => credentials.key()).toThrow(/no key for Acme.*ACME_TEST_KEY/);
    vi.stubEnv('ACME_TEST_KEY', ` ${KEY}\n`);
    expect(credentials.key()).toBe(KEY);
    expect(credentials.baseURL).toBe('https://api.acme.example');
  });

  it.each([`${KEY}\n`, `${KEY} `, 'schlüssel', `${KEY}\u0000`])(
    'C-09: refuses %j as a key, without showing it',
    (apiKey) => {
      const credentials = new Credentials({ apiKey }, ACCESS);
      const thrown = (() => {
        try {
          return credentials.key();
        } catch (error) {
          return error;
        }
      })();
      expect(thrown).toMatchObject({ code: 'configuration', provider: 'acme' });
      expect(inspect(thrown)).not.toContain(apiKey.trim());
    },
  );

  it('takes a blank key for none, and needs none with a base URL or a header in its place', () => {
    vi.stubEnv('ACME_TEST_KEY', '');
    expect(() => new Credentials({ apiKey: ' ' }, ACCESS).key()).toThrow(/no key/);
    expect(new Credentials({ baseURL: 'http://localhost:1/v1//' }, ACCESS).key()).toBeUndefined();
    const own = new Credentials({ apiKey: KEY, headers: { Authorization: 'Basic eDp5' } }, ACCESS);
    expect([own.key(), own.authorised]).toEqual([undefined, true]);
    expect(own.headers).toEqual({ authorization: 'Basic eDp5' });
  });

  it.each(['', 'api.acme.example/v1', 'ftp://acme.example', `https://`])(
    'refuses the base URL %j at construction',
    (baseURL) => {
      expect(() => new Credentials({ baseURL }, ACCESS)).toThrow(
        expect.objectContaining({ code: 'configuration' }) as Error,
      );
    },
  );

  it('C-09: refuses a header that cannot be sent, and names every value as a secret', () => {
    const broken = new Credentials({ headers: { 'X-Odd': `${KEY}\nx` } }, ACCESS);
    expect(() => broken.headers).toThrow(/x-odd/);
    const { secrets } = new Credentials(
      { apiKey: KEY, headers: { 'X-Odd': 'Bearer odd-secret', accept: 'x/y' } },
      ACCESS,
    );
    expect(secrets).toEqual(expect.arrayContaining([KEY, 'Bearer odd-secret']));
    expect(secrets).not.toContain('x/y');
  });

  it.each([
    ['a text, which would be a header for each character', 'x'.repeat(200_000)],
    ['a Headers, which would be none', new Headers({ a: 'b' })],
    ['a map', new Map([['a', 'b']])],
    ['a list', [['a', 'b']]],
    ['nothing', null],
    ['a value that is no text', { a: 1 }],
  ])('refuses headers that are no plain object of texts: %s', (_, headers) => {
    expect(() => new Credentials({ headers: headers as never }, ACCESS)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(/^headers/) }) as Error,
    );
  });

  it('C-09: takes the keys of a client for secrets, a new one too, and reads over what throws', () => {
    const client: Record<string, unknown> = { apiKey: KEY, _options: { token: 'token-of-options' } };
    Object.defineProperty(client, 'authToken', {
      get() {
        throw new Error('none yet');
      },
    });
    const clientSecrets = ['apiKey', 'authToken', '_options.token'];
    const credentials = new Credentials({ client }, { ...ACCESS, clientSecrets });
    const first = credentials.secrets;
    expect(first).toEqual(expect.arrayContaining([KEY, 'token-of-options']));
    expect(credentials.secrets).toBe(first);
    client['apiKey'] = 'key-of-later';
    client['_options'] = () => 'none';
    expect(credentials.secrets).toContain('key-of-later');
    expect(credentials.secrets).not.toContain('token-of-options');
  });

  it.each([
    ['a record', { 'X-Odd': 'odd-secret', Accept: 'text/plain', none: null }],
    ['Headers', new Headers({ 'x-odd': 'odd-secret', accept: 'text/plain' })],
    ['pairs', [['x-odd', 'odd-secret']]],
  ])('C-09: takes the values of headers of a client for secrets: %s', (_what, headers) => {
    const access = { ...ACCESS, clientSecrets: ['options.headers', 'none.of.these'] };
    const { secrets } = new Credentials({ client: { options: { headers } } }, access);
    expect(secrets.filter((secret) => secret !== undefined && secret !== '')).toEqual(['odd-secret']);
  });

  it.each([
    ['a text', (text: string) => text],
    ['a URL', (text: string) => new URL(text)],
  ])(
    'C-09: takes what is secret in the address of a client for secrets, and its host for none: %s',
    (_what, of) => {
      const token = ['t0k3n', 'in', 'the', 'path', '1234'].join('');
      const client = { baseURL: of(`https://bob:p%40ss@acme.test/v1/${token}?key=of-query`) };
      const credentials = new Credentials({ client }, { ...ACCESS, clientSecrets: ['baseURL'] });
      const { secrets } = credentials;
      expect(secrets).toEqual(expect.arrayContaining(['bob', 'p@ss', token, 'of-query']));
      expect(secrets.join(' ')).not.toMatch(/acme|v1/);
      expect(credentials.secrets).toBe(secrets);
      client.baseURL = of('https://acme.test/v1?key=of-later');
      expect(credentials.secrets).toContain('of-later');
      expect(credentials.secrets).not.toContain('bob');
    },
  );

  it('C-09: shows nothing of itself', () => {
    const shown = new Credentials({ apiKey: KEY, headers: { 'x-odd': 'odd-secret' } }, ACCESS);
    expect(inspect(shown, { depth: 9, showHidden: true }) + JSON.stringify(shown)).not.toMatch(
      /odd-secret|nobody/,
    );
  });
});

it('C-10: loads an SDK once, at the first call, and looks again for one that was missing', async () => {
  let there = false;
  const load = vi.fn(async () => {
    if (!there) throw new Error('Cannot find package');
    return { Sdk: 1 };
  });
  const sdk = lazySdk('acme', 'acme-sdk', load);
  expect(load).not.toHaveBeenCalled();
  await expect(sdk()).rejects.toMatchObject({
    code: 'missing-dependency',
    message: expect.stringContaining('npm install acme-sdk'),
  });
  there = true;
  expect(await Promise.all([sdk(), sdk()])).toEqual([{ Sdk: 1 }, { Sdk: 1 }]);
  expect(load).toHaveBeenCalledTimes(2);
});
