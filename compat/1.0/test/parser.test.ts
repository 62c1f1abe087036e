import { expect, it } from 'vitest';
import { FrozenParser } from '../src/index.ts';

const parser = new FrozenParser();
const ANSWER = 'The moon pulls.\n\n**VERDICT: it is the moon (95%)**\n';
const VALUE = { verdict: 'it is the moon', confidence: 95 };

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

it('reads the value, whatever stands around it', async () => {
  expect(await parser.parse(ANSWER)).toEqual(VALUE);
});

it('tells the model what to write, and leaves the input as it was', () => {
  expect(parser.format('Why are there tides?')).toMatch(/^Why are there tides\?\n\n.*VERDICT/s);
  const messages = Object.freeze([Object.freeze({ role: 'user' as const, content: 'Why?' })]);
  expect(parser.format(messages)).toMatchObject([
    { role: 'user', content: expect.stringMatching(/VERDICT/) },
  ]);
});

it.each([1, 3, 1000])('P-01: streams to the same value, in pieces of %i', async (size) => {
  const values = [];
  for await (const value of parser.stream(pieces(ANSWER, size))) values.push(value);
  expect(values.at(-1)).toEqual(VALUE);
});

it('P-03: fails as `parse`, with the text', async () => {
  await expect(parser.parse('I do not know.')).rejects.toMatchObject({
    code: 'parse',
    text: 'I do not know.',
  });
});
