import { json, startWire, type WireHandler } from '@mortise/conformance';
import { expect, it, onTestFinished } from 'vitest';
import { AcmeReader } from '@mortise/acme';

// REPLACE: what Acme answers, as its documentation has it.
const PAGES: Record<string, object> = {
  '1': { text: 'Tides', url: 'https://acme.example/1', fields: { author: 'Ada' } },
  '2': { error: { message: 'gone' } },
  '3': { text: 'Rain' },
};

async function connect(pages: readonly string[] = Object.keys(PAGES)) {
  const handler: WireHandler = ({ path, body }, reply) => {
    if (path === '/v1/pages') return json(reply, { pages });
    const page = PAGES[(body as { id: string }).id] ?? {};
    return json(reply, page, { status: 'error' in page ? 404 : 200 });
  };
  const wire = await startWire(handler);
  onTestFinished(() => wire.close());
  return { reader: new AcmeReader({ space: 'home', apiKey: 'key-of-a-test', baseURL: wire.url }), wire };
}

it('D-01 reads one at a time, and reports what cannot be read without stopping', async () => {
  const { reader } = await connect();
  const failures: unknown[] = [];
  const progress: unknown[] = [];
  const texts = [];
  const options = {
    onError: (failure: unknown) => void failures.push(failure),
    onProgress: (step: unknown) => void progress.push(step),
  };
  for await (const document of reader.read(options)) texts.push(document.text);
  expect(texts).toEqual(['Tides', 'Rain']);
  expect(failures).toMatchObject([{ item: '2', error: { code: 'not-found' } }]);
  expect(progress.at(-1)).toEqual({ done: 3, failed: 1, total: 3, item: '3' });
});

it('D-01 opens nothing before it is read, and nothing after it is left', async () => {
  const { reader, wire } = await connect();
  const documents = reader.read();
  expect(wire.requests).toEqual([]);
  for await (const _document of documents) break;
  expect(wire.requests.map(({ path }) => path)).toEqual(['/v1/pages', '/v1/page']);
});

it('D-02 keeps where a document comes from, under the same id in every run', async () => {
  const { reader } = await connect(['1']);
  for await (const document of reader.read())
    expect(document).toMatchObject({
      id: 'acme:1',
      metadata: { author: 'Ada', url: 'https://acme.example/1' },
    });
  for await (const document of reader.read()) expect(document.id).toBe('acme:1');
  expect.assertions(2);
});

it('C-01 stops with the reason of its signal', async () => {
  const { reader } = await connect();
  const reason = new Error('left');
  await expect(reader.read({ signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason);
});
