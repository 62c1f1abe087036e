import { expect, it } from 'vitest';
import { eventStream, json, startWire } from '@mortise/conformance';

it('records the request and answers it', async () => {
  const wire = await startWire((_request, reply) => json(reply, { ok: true }));
  const response = await fetch(`${wire.url}/v1/x?y=1`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'x-key': 'k' },
  });
  expect(await response.json()).toEqual({ ok: true });
  expect(wire.requests[0]).toMatchObject({
    method: 'POST',
    path: '/v1/x?y=1',
    body: { a: 1 },
    text: '{"a":1}',
  });
  expect(wire.requests[0]?.headers['x-key']).toBe('k');
  expect(await wire.requests[0]?.closedEarly).toBe(false);
  await wire.close();
});

it('tells when the client closed early', async () => {
  const wire = await startWire((_request, reply) => void reply.writeHead(200).write('half'));
  const controller = new AbortController();
  const response = await fetch(wire.url, { signal: controller.signal });
  await response.body?.getReader().read();
  controller.abort();
  expect(await wire.requests[0]?.closedEarly).toBe(true);
  await wire.close();
});

it('sends events byte for byte, one byte a write', async () => {
  const wire = await startWire((_request, reply) =>
    eventStream(reply, ['{"a":"ü"}', { event: 'end', data: '1' }], { chunk: 1 }),
  );
  const response = await fetch(wire.url);
  expect(await response.text()).toBe('data: {"a":"ü"}\n\nevent: end\ndata: 1\n\n');
  await wire.close();
});
