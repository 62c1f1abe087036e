import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const DIMENSIONS = 64;

export interface Provider {
  readonly url: string;
  /** Requests since the last time it was asked. */
  requests(): number;
  close(): void;
}

/** In the place of a provider on the network: it takes its time for a request, whatever the number of texts. */
export async function startProvider(waitMs: number): Promise<Provider> {
  let requests = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests += 1;
      const vectors = (JSON.parse(body) as string[]).map(vectorOf);
      setTimeout(() => response.end(JSON.stringify(vectors)), waitMs);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests() {
      const counted = requests;
      requests = 0;
      return counted;
    },
    close: () => void server.close(),
  };
}

/** How often each letter pair comes: enough to have vectors that differ. */
function vectorOf(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (let at = 1; at < text.length; at++)
    (vector[(text.charCodeAt(at - 1) * 31 + text.charCodeAt(at)) % DIMENSIONS] as number) += 1;
  return vector;
}
