import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of S3 as LanceDB asks for, in memory, with conditional writes. */
export interface S3Server {
  readonly endpoint: string;
  /** From now on every request is `AccessDenied`. */
  deny(): void;
  close(): Promise<void>;
}

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
}

const WRITTEN = '2026-01-01T00:00:00.000Z';

export async function startS3(bucket: string): Promise<S3Server> {
  const objects = new Map<string, Stored>();
  let isDenied = false;
  let writes = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname).slice(`/${bucket}/`.length);
    if (isDenied) return xml(response, 403, '<Error><Code>AccessDenied</Code></Error>');
    if (request.method === 'GET' && url.searchParams.has('list-type'))
      return xml(response, 200, listing(objects, url.searchParams));
    if (request.method === 'POST' && url.searchParams.has('delete')) {
      const asked = Buffer.concat(parts).toString();
      const names = Array.from(asked.matchAll(/<Key>(.*?)<\/Key>/g), ([, name = '']) => name);
      for (const name of names) objects.delete(name);
      const deleted = names.map((name) => `<Deleted><Key>${name}</Key></Deleted>`).join('');
      return xml(response, 200, `<DeleteResult>${deleted}</DeleteResult>`);
    }
    if (request.method === 'PUT') {
      if (request.headers['if-none-match'] === '*' && objects.has(key))
        return xml(response, 412, '<Error><Code>PreconditionFailed</Code></Error>');
      objects.set(key, { body: Buffer.concat(parts), etag: `"${++writes}"` });
      return response.writeHead(200, { etag: `"${writes}"` }).end();
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    return send(request, response, objects.get(key));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deny: () => void (isDenied = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(request: IncomingMessage, response: ServerResponse, stored: Stored | undefined): unknown {
  if (stored === undefined) return xml(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
  const { body, etag } = stored;
  const headers = { etag, 'last-modified': new Date(WRITTEN).toUTCString(), 'content-length': body.length };
  if (request.method === 'HEAD') return response.writeHead(200, headers).end();
  const range = /bytes=(\d*)-(\d*)/.exec(request.headers.range ?? '');
  if (range === null) return response.writeHead(200, headers).end(body);
  const [, from = '', to = ''] = range;
  const start = from === '' ? body.length - Number(to) : Number(from);
  const end = from === '' || to === '' ? body.length : Math.min(Number(to) + 1, body.length);
  const place = `bytes ${start}-${end - 1}/${body.length}`;
  return response
    .writeHead(206, { ...headers, 'content-range': place, 'content-length': end - start })
    .end(body.subarray(start, end));
}

function listing(objects: ReadonlyMap<string, Stored>, asked: URLSearchParams): string {
  const prefix = asked.get('prefix') ?? '';
  const after = asked.get('start-after') ?? '';
  const delimiter = asked.get('delimiter');
  const folders = new Set<string>();
  const contents: string[] = [];
  for (const [key, { body, etag }] of [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    if (end !== -1) folders.add(`<CommonPrefixes><Prefix>${key.slice(0, end + 1)}</Prefix></CommonPrefixes>`);
    else
      contents.push(
        `<Contents><Key>${key}</Key><LastModified>${WRITTEN}</LastModified><ETag>${etag}</ETag><Size>${body.length}</Size></Contents>`,
      );
  }
  const all = [...contents, ...folders].join('');
  return `<ListBucketResult><KeyCount>${contents.length}</KeyCount><IsTruncated>false</IsTruncated>${all}</ListBucketResult>`;
}

function xml(response: ServerResponse, status: number, text: string): unknown {
  return response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}
