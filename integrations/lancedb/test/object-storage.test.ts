import { inspect } from 'node:util';
import type { MortiseError } from '@mortise/core';
import { expect, it, onTestFinished } from 'vitest';
import { entry, folderOfTests, near } from './folder.ts';
import { startS3 } from './s3-server.ts';

const { open } = folderOfTests();

it('S-04: three stores on object storage write at once, lose and double nothing, and show no key when refused', async () => {
  const server = await startS3('bucket');
  onTestFinished(() => server.close());
  const storageOptions = {
    awsAccessKeyId: 'id-of-the-key',
    awsSecretAccessKey: 'secret-of-the-key',
    region: 'us-east-1',
    endpoint: server.endpoint,
    allowHttp: 'true',
  };
  const place = { uri: 's3://bucket/folder', storageOptions };
  await Promise.all(
    [0, 1, 2].map(async (at) => {
      const store = open(place);
      for (let round = 0; round < 2; round++)
        await store.upsert([
          entry(`same ${round}`, [1, 0], { text: 'dovetail' }),
          entry(`${at} ${round}`, [0, 1]),
        ]);
    }),
  );
  const store = open(place);
  await store.delete({ ids: ['0 0'] });
  await store.optimize();
  const ids = (await open(place).query(near(1, 0))).map(({ node }) => node.id);
  expect(ids.toSorted()).toEqual(['0 1', '1 0', '1 1', '2 0', '2 1', 'same 0', 'same 1']);
  const found = await store.query({ mode: 'hybrid', text: 'dovetail', ...near(0, 1), topK: 1, alpha: 0 });
  expect(found[0]?.node.id).toMatch(/^same/);
  server.deny();
  const refused = await open(place)
    .query(near(1, 0))
    .catch((error: unknown) => error as MortiseError);
  expect(refused).toMatchObject({ code: 'permission', retryable: false });
  expect(inspect([refused, store], { depth: 9, showHidden: true })).not.toMatch(/of-the-key/);
});
