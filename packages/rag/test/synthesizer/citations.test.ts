import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import { written, Writing } from './writing.ts';

const source = (id: string, text: string): NodeWithScore => ({
  node: createTextNode({ id, text }),
  score: 1,
});
const sources = [
  source('sky', 'The sky is blue\nduring the day. At night it is “very dark”.'),
  source('sea', 'The sea is deep and cold. Ships cross it.'),
  source('sun', 'The sun is a star.'),
];

async function scan(text: string, pieces: Iterable<string> = [text]) {
  const response = await written(pieces, sources);
  expect(response.text).toBe(text);
  for (const { start, end, nodeId, quote, quoteStart, quoteEnd } of response.citations) {
    expect(text.slice(start, end)).toMatch(/^\[[\d\s,]+\]$/);
    const cited = sources.find(({ node }) => node.id === nodeId);
    // Z-01: what has a place stands there.
    if (quoteStart !== undefined) expect(cited?.node.text.slice(quoteStart, quoteEnd)).toBe(quote);
  }
  return response.citations;
}

describe('citations in an answer', () => {
  it('Z-01: finds markers alone, side by side and in a list, each with its place', async () => {
    const text = 'Blue [1]. Deep [2][3], or [1, 3].';
    expect(
      (await scan(text)).map(({ number, start, end, nodeId }) => [number, text.slice(start, end), nodeId]),
    ).toEqual([
      [1, '[1]', 'sky'],
      [2, '[2]', 'sea'],
      [3, '[3]', 'sun'],
      [1, '[1, 3]', 'sky'],
      [3, '[1, 3]', 'sun'],
    ]);
  });

  it.each(['[0]', '[4]', '[9]', '[9999]'])('Z-01: flags %s of three sources', async (marker) => {
    expect(await scan(`So it is ${marker}.`)).toMatchObject([{ problem: 'unknown-source' }]);
    expect((await scan(`So it is ${marker}.`))[0]).not.toHaveProperty('nodeId');
  });

  it('Z-01: finds the quoted words in the source, however white space, case and quotation marks are written', async () => {
    expect(await scan('They say "the sky is blue during the day" [1].')).toEqual([
      {
        number: 1,
        start: 42,
        end: 45,
        nodeId: 'sky',
        quote: 'The sky is blue\nduring the day',
        quoteStart: 0,
        quoteEnd: 30,
      },
    ]);
    expect(await scan('It is „very dark“ [1].')).toMatchObject([{ quote: 'very dark', quoteStart: 48 }]);
    expect(await scan('It is “deep and cold.” [2]')).toMatchObject([{ quote: 'deep and cold' }]);
  });

  it('Z-01: flags words that stand in no source, and words of another source', async () => {
    expect(await scan('"The sky is green" [1].')).toMatchObject([
      { nodeId: 'sky', quote: 'The sky is green', problem: 'misquote' },
    ]);
    expect(await scan('"The sea is deep" [1].')).toMatchObject([
      { nodeId: 'sky', quote: 'The sea is deep', problem: 'other-source' },
    ]);
    expect(await scan('"Ships" [3]')).toMatchObject([{ problem: 'other-source' }]);
    expect((await scan('The "green" sky is up there [1].'))[0]).not.toHaveProperty('problem');
    expect(await scan('It says "the sky is green" somewhere [1].')).toMatchObject([{ problem: 'misquote' }]);
    expect(await scan('"The sky is blue" and "the sky is green" [1].')).toMatchObject([
      { quote: 'the sky is green', problem: 'misquote' },
    ]);
  });

  it('Z-01: a claim that stands in the source as it is, is a quote', async () => {
    expect(await scan('The sea is deep and cold. [2]\nThe sky is blue during the day [1].')).toMatchObject([
      { number: 2, quote: 'The sea is deep and cold', quoteStart: 0, quoteEnd: 24 },
      { number: 1, quote: 'The sky is blue\nduring the day' },
    ]);
    expect(await scan('In my own words. Ships cross it [2].')).toMatchObject([{ quote: 'Ships cross it' }]);
    expect(await scan('- **Ships cross it** [2]')).toMatchObject([{ quote: 'Ships cross it' }]);
    expect(await scan('It is rather deep [2].')).toEqual([{ number: 2, start: 18, end: 21, nodeId: 'sea' }]);
  });

  it('a claim reaches back to the citation or the empty line before it, and is shared by markers side by side', async () => {
    expect((await scan('"The sky is green" or so.\n\nDeep it is [2].'))[0]).not.toHaveProperty('problem');
    expect((await scan('"The sea is deep" [2]. It is also wide [2].'))[1]).not.toHaveProperty('quote');
    expect(await scan('"The sea is deep" [2] [1]')).toMatchObject([
      { quote: 'The sea is deep' },
      { problem: 'other-source' },
    ]);
  });

  it('what is no marker is text: code, links, footnotes, words', async () => {
    for (const text of [
      '`xs[1]`',
      '```js\nxs[1]\n\nxs[2]\n```',
      '``a ` [1]``',
      '[one]',
      '[^1]',
      '[]',
      '[1',
      '[1.5]',
      '[-1]',
      '[12345]',
    ]) {
      expect(await scan(text)).toEqual([]);
    }
    expect(await scan('Code `xs[0]` is fine [1].')).toHaveLength(1);
  });

  it('a backtick that nothing closes hides no citation', async () => {
    expect((await scan("It's 5` long [1].\n\nAnd `code` [2].")).map(({ number }) => number)).toEqual([1, 2]);
    expect((await scan('A ` stays [3].')).map(({ number }) => number)).toEqual([3]);
  });

  it('finds the same however the text is cut into pieces, and each as soon as its bracket closes', async () => {
    const text =
      'Blue `a[1]` [1]. "The sky is green" [1, 2]. The sea is deep and cold [2][9].\n\n```\n[1]\n```\nOpen ` tick [3]. Done [3';
    const whole = await scan(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), async (lengths) => {
        const pieces: string[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const length = lengths[i % lengths.length] as number;
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        expect(await scan(text, pieces)).toEqual(whole);
      }),
    );
    const kinds: string[] = [];
    for await (const { type } of new Writing(['So [1', ']', ' or so']).streamSynthesize('x', sources))
      kinds.push(type);
    expect(kinds).toEqual(['sources', 'text-delta', 'text-delta', 'citation', 'text-delta', 'finish']);
  });

  it.each([
    '"Some other words"\n\nThe sky is blue [1].',
    'An open ` backtick\n\nand the next paragraph [1].',
    '``` a fence\n\nwith [1] ``` and behind it [1]',
    '\n\n\nAfter empty lines [1].',
  ])('finds the same in one piece and a character a piece: %j', async (text) => {
    expect(await scan(text, text)).toEqual(await scan(text));
  });

  it('gives the text and the places of citations that stand beyond any block', async () => {
    const text = `${'word '.repeat(1000)}[1] ${'a'.repeat(2000)} [2]`;
    const found = await scan(text, [text.slice(0, 1023), ...(text.slice(1023).match(/[^]{1,1025}/g) ?? [])]);
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['[1]', '[2]']);
  });
});
