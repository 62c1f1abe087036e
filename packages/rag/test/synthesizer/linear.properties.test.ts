import { expect, it } from 'vitest';
import { slowReadings } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import { written } from './writing.ts';

const sources = ['The sky is blue.', 'The sea is deep.', 'The sun is a star.'].map((text, at) => ({
  node: createTextNode({ id: `s${at}`, text }),
  score: 1,
}));

it('takes time linear in the answer', async () => {
  const work = async (size: number): Promise<number> => {
    const text = '[1 [ ` [[ "quote" [1] '.repeat(size);
    const start = process.cpuUsage();
    await written(text.match(/[^]{1,7}/g) ?? [], sources);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  await work(200);
  expect(await work(4000)).toBeLessThan(2000);
});

it.each(['a', '`', '`a ', '[', '[1', '[1] ', '"a b" ', '\n', '\n\n', 'word '])(
  'C-13: takes time linear in the number of its pieces: %j',
  async (unit) => {
    const read = (text: string) => written(text, sources);
    expect(
      await slowReadings(read, { length: 32_000, repeated: [unit], heads: ['', '`'], tails: [''] }),
    ).toEqual([]);
  },
);
