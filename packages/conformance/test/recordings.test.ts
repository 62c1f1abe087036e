import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecordings, recordedResponse, replay, startWire, textFact } from '@mortise/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const files: [file: string, api: string, text: string, body: string][] = [
  ['a/whole.json', 'chat', '{"x":1}', '{"x":1}'],
  ['a/chat.chunks.txt', 'chat', '{"x":1}\n{"x":2}', 'data: {"x":1}\n\ndata: {"x":2}\n\ndata: [DONE]\n\n'],
  ['a/typed.chunks.txt', 'responses', '{"type":"é","x":1}\n', 'event: é\ndata: {"type":"é","x":1}\n\n'],
  ['b/typed-chat.chunks.txt', 'chat', '{"type":"t"}', 'event: t\ndata: {"type":"t"}\n\n'],
  ['b/raw.sse', 'messages', ': hi\r\n\r\n', ': hi\r\n\r\n'],
];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recordings-'));
  const fixtures = files.map(([file, api, text]) => {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
    return { file, api, provider: file[0], tags: [], facts: { oracle: 'none' } };
  });
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ fixtures }));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('recordings', () => {
  it('are those of the providers asked for, and none without a folder', () => {
    expect(readRecordings(['a'], folder)).toHaveLength(3);
    expect(readRecordings(undefined, folder)).toHaveLength(5);
    expect(readRecordings(undefined, '')).toEqual([]);
  });

  it('get the envelope of their API, over a socket and in exact pieces', async () => {
    for (const recording of readRecordings(undefined, folder)) {
      const expected = files.find(([file]) => file === recording.file)![3];
      expect(recording.body()).toBe(expected);
      const type = recording.streamed ? 'text/event-stream' : 'application/json';
      await using wire = await startWire((_request, reply) => replay(reply, recording, { chunk: 3 }));
      const response = await fetch(wire.url);
      expect([await response.text(), response.headers.get('content-type')]).toEqual([expected, type]);
      const pieces: Uint8Array[] = [];
      for await (const piece of recordedResponse(recording, 2).body!) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toBe(expected);
      expect(pieces.slice(0, -1).every(({ length }) => length === 2)).toBe(true);
    }
  });

  it('know a text by its hash', () => {
    expect(textFact('é')).toEqual({
      sha256: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
      length: 1,
    });
  });
});
