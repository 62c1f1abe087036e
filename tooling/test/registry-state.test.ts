import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { problemsOf, registryStates } from '../registry-state.ts';

async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Knows two packages, and trusts the workflow with the second of them. */
const registry = () =>
  listening((request, response) => {
    const [, path = ''] = decodeURIComponent(request.url ?? '').split(/^\//);
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method === 'POST') {
      const isRight = request.headers.authorization === 'Bearer identity of 127.0.0.1';
      if (path.endsWith('/package/@acme/overloaded')) return json(503, {});
      return isRight && path.endsWith('/package/@acme/trusting')
        ? json(201, { token: 'npm_x' })
        : json(404, { message: 'OIDC token exchange error - package not found' });
    }
    if (['@acme/known', '@acme/trusting', '@acme/overloaded'].includes(path))
      return json(200, { versions: { '1.0.0': {} } });
    if (path === '@acme/emptied') return json(200, { versions: {} });
    if (path === '@acme/broken') return json(503, {});
    return json(404, {});
  });

test('tells what was never published, and without an identity nothing of trust', async () => {
  const states = await registryStates(await registry(), ['@acme/known', '@acme/new', '@acme/emptied'], {});
  expect(states).toEqual([
    { name: '@acme/known', state: 'known', versions: ['1.0.0'] },
    { name: '@acme/new', state: 'unknown' },
    { name: '@acme/emptied', state: 'unknown' },
  ]);
  expect(problemsOf(states)).toEqual([
    expect.stringMatching(/^@acme\/new was never published.*bootstrap --publish$/),
    expect.stringContaining('@acme/emptied'),
  ]);
});

test('names what does not trust the workflow, by the identity of its run', async () => {
  const identity = await listening((request, response) => {
    const audience = new URL(request.url ?? '', 'http://x').searchParams.get('audience');
    const isRight = request.headers.authorization === 'Bearer of the run';
    response
      .writeHead(isRight ? 200 : 403)
      .end(JSON.stringify({ value: `identity of ${audience?.slice(4)}` }));
  });
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${identity}token?a=b`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the run',
  };
  const states = await registryStates(await registry(), ['@acme/known', '@acme/trusting'], env);
  expect(states).toMatchObject([{ trust: { trusted: false } }, { trust: { trusted: true } }]);
  expect(problemsOf(states)).toEqual([
    expect.stringMatching(/^@acme\/known does not trust this workflow \(404 OIDC .* package not found\)/),
  ]);
  await expect(registryStates(await registry(), ['@acme/overloaded'], env)).rejects.toThrow('answered 503');
  await expect(
    registryStates(await registry(), ['@acme/known'], { ...env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }),
  ).rejects.toThrow('403');
});

test('does not take a registry that fails for one that does not know', async () => {
  await expect(registryStates(await registry(), ['@acme/broken'], {})).rejects.toThrow('answered 503');
});
