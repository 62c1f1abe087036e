import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dependenciesOf, hasKeys, publishedManifest, specOf } from '../canary.ts';

test('a package is said at an exact version', () => {
  expect(specOf('@acme/llm@1.2.0')).toEqual({ name: '@acme/llm', version: '1.2.0' });
  expect(specOf('create-acme@0.0.0-pr-12-20261130180054').version).toBe('0.0.0-pr-12-20261130180054');
  for (const text of ['@acme/llm', '@acme/llm@latest', '@acme/llm@^1.0.0'])
    expect(() => specOf(text)).toThrow('exact version');
});

test('peers come along where a package cannot do without, and what was released comes exactly', () => {
  const dependencies = dependenciesOf([
    {
      name: '@acme/llm',
      version: '1.2.0',
      peerDependencies: { '@acme/core': '^1.0.0', zod: '^4.0.0', sdk: '^3.0.0' },
      peerDependenciesMeta: { zod: { optional: true } },
    },
    { name: '@acme/core', version: '1.5.0' },
  ]);
  expect(dependencies).toEqual({ '@acme/llm': '1.2.0', '@acme/core': '1.5.0', sdk: '^3.0.0' });
});

test('a version that the registry shows late is waited for, and one that never comes is named', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    const versions = asked < 3 ? { '1.0.0': {} } : { '1.0.0': {}, '1.1.0': { name: '@acme/llm' } };
    response.writeHead(asked === 1 ? 404 : 200).end(JSON.stringify({ versions }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const spec = { name: '@acme/llm', version: '1.1.0' };
  expect(await publishedManifest(registry, spec, { tries: 3, wait: 0 })).toEqual({ name: '@acme/llm' });
  expect(asked).toBe(3);
  await expect(
    publishedManifest(registry, { ...spec, version: '9.0.0' }, { tries: 2, wait: 0 }),
  ).rejects.toThrow('does not have @acme/llm@9.0.0 after 2 tries');
});

test('a version that cannot be asked for is an error with its cause', async () => {
  const spec = { name: '@acme/llm', version: '1.1.0' };
  const asking = publishedManifest('http://127.0.0.1:1/', spec, { tries: 2, wait: 0 });
  await expect(asking).rejects.toMatchObject({ cause: expect.objectContaining({ message: 'fetch failed' }) });
});

test('signatures are left out where a registry has none, and not where it fails', async () => {
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await hasKeys(registry)).toBe(true);
  status = 404;
  expect(await hasKeys(registry)).toBe(false);
  status = 503;
  await expect(hasKeys(registry)).rejects.toThrow('503');
});
