import { readerConformance, type ReaderItem } from '@mortise/conformance';
import { MortiseError } from '@mortise/core';
import type { ReadFailure } from '@mortise/core/reader';
import { describe, expect, it } from 'vitest';
import { FrozenFormat, FrozenReader, type FrozenBucket } from '../src/reader.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function open(items: readonly ReaderItem[]) {
  const opened: string[] = [];
  const bucket: FrozenBucket = {
    list: async () => items.map(({ name, text }) => ({ name: `${name}.frozen`, tag: `"${text.length}"` })),
    async load(file) {
      const { name, text, more = [], broken, blank } = items.find((item) => file === `${item.name}.frozen`) as ReaderItem;
      opened.push(name);
      return bytesOf(broken === true ? text : `%FROZEN\n${[blank === true ? ' ' : text, ...more].join('\n%\n')}\n`);
    },
  };
  return { reader: new FrozenReader({ bucket, format: new FrozenFormat() }), opened: () => [...opened] };
}

readerConformance(
  { describe, it },
  {
    name: 'frozen',
    open,
    missing() {
      const list = () => Promise.reject(new MortiseError('not-found', 'There is no such bucket.'));
      const bucket: FrozenBucket = { list, load: list };
      return { reader: new FrozenReader({ bucket, format: new FrozenFormat() }) };
    },
    declares: ['blank', 'failure', 'missing', 'opened', 'several', 'skip', 'version'],
  },
);

it('D-02: gives every note of a file, and tells of one that cannot be read', async () => {
  const { reader } = open([{ name: 'three', text: 'One.\n%\n \n%\nThree.' }]);
  const failures: ReadFailure[] = [];
  const outcomes: unknown[] = [];
  const documents = [];
  const options = {
    onError: (failure: ReadFailure) => failures.push(failure),
    onProgress: ({ outcome }: { outcome?: string }) => outcomes.push(outcome),
  };
  for await (const document of reader.read(options)) documents.push(document);
  expect(documents.map(({ id, text }) => [id, text])).toEqual([
    ['bucket:three.frozen#0', 'One.'],
    ['bucket:three.frozen#2', 'Three.'],
  ]);
  expect(failures).toMatchObject([{ item: 'three.frozen', part: 'three.frozen:2', error: { code: 'parse' } }]);
  expect(outcomes).toEqual(['partial']);
});
