import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { BM25Retriever } from '@mortise/rag';
import { written } from './synthesizer/writing.ts';

/** Pairs that a reader takes for one: as a text has it, and as a question or an answer has it. */
const same: [what: string, a: string, b: string][] = [
  ['composed and not', 'the café au lait', 'the cafe\u0301 au lait'],
  ['two marks in another order', 'q\u0323\u0307 here now', 'q\u0307\u0323 here now'],
  ['a ligature and its letters', 'an eﬃcient ﬁle', 'an efficient file'],
  ['full width', 'Ｔｏｋｙｏ ２０２０ games', 'Tokyo 2020 games'],
  ['half-width kana', 'ｶﾞｲﾄﾞ を読む', 'ガイド を読む'],
  ['Korean syllables and their parts', '한국어 문서', '한국어 문서'.normalize('NFD')],
  ['a soft hyphen', 'the infor\u00admation age', 'the information age'],
  ['a zero-width space', 'an inter\u200bnational law', 'an international law'],
  ['a zero-width joiner between letter and mark', 'a cafe\u200d\u0301 here', 'a café here'],
  ['a variation selector', 'a check\ufe0f mark', 'a check mark'],
  ['a byte order mark', 'a\ufeff word here', 'a word here'],
  ['letter case', 'the STRASSE in BERLIN', 'the Straße in Berlin'],
  ['a sigma at the end', 'ΟΔΟΣ και ΛΟΓΟΣ', 'οδος και λογος'],
];

/** Those that only quotes know, where words are between them. */
const sameQuoted: [what: string, a: string, b: string][] = [
  ...same,
  ['quotation marks', 'it’s so-called ‘art’ now', "it's so-called 'art' now"],
  ['dashes', 'from 1990–1995 — a while − or so', 'from 1990-1995 - a while - or so'],
  ['an ellipsis', 'and so… it ends', 'and so... it ends'],
  ['white space', 'one\u00a0two\n\t three', 'one two three'],
];

describe('words are folded', () => {
  it.each(same)('so that %s are found by each other', async (_what, a, b) => {
    for (const [text, query] of [
      [a, b],
      [b, a],
    ] as const) {
      const nodes = [createTextNode({ id: 'x', text }), createTextNode({ id: 'y', text: 'nothing of it' })];
      const [found] = await new BM25Retriever({ nodes, functionWords: new Set() }).retrieve(query);
      expect([found?.node.id, found?.evidence?.['coverage']]).toEqual(['x', 1]);
      expect(found?.node.text).toBe(text);
    }
  });
});

describe('quotes are folded', () => {
  async function check(text: string, claim: string) {
    const sources = [{ node: createTextNode({ id: 's', text }), score: 1 }];
    return (await written([`"${claim}" [1]`], sources)).citations[0];
  }

  it.each(sameQuoted)('Z-01: %s are no misquote, and the place is exact', async (_what, a, b) => {
    for (const [written, quoted] of [
      [a, b],
      [b, a],
    ] as const) {
      const text = `Before it, ${written}. And after.`;
      expect(await check(text, quoted)).toEqual({
        number: 1,
        start: quoted.length + 3,
        end: quoted.length + 6,
        nodeId: 's',
        quote: written,
        quoteStart: 11,
        quoteEnd: 11 + written.length,
      });
    }
  });

  it('Z-01: a quote that begins or ends within a ligature has all of it, and nothing that is not seen around it', async () => {
    expect(await check('an eﬃcient way', 'fici')).toMatchObject({ quote: 'ﬃci', quoteStart: 4, quoteEnd: 7 });
    expect(await check('one\u200b \u00adtwo words\u00ad\u200b, three', 'two words')).toMatchObject({
      quote: 'two words',
    });
  });

  it('Z-01: other words are still a misquote', async () => {
    for (const claim of ['the caff au', 'cafe au lait', 'the café\u0323 au'])
      expect(await check('the café au lait', claim)).toMatchObject({ problem: 'misquote' });
  });

  it('Z-01: every part of a text is found in it, however it is written, and stands at its place', async () => {
    const characters = [
      'a',
      'B',
      'é',
      'e\u0301',
      'ﬁ',
      'ß',
      'Σ',
      '한',
      '한'.normalize('NFD'),
      '가'.normalize('NFD'),
      'ㄱ',
      'ㅏ',
      'ㄳ',
      'ﾡ',
      'ￂ',
      'ｶﾞ',
      '\u00ad',
      '\u200b',
      '’',
      '–',
      ' ',
      '\t',
      '😀',
      '👩\u200d🔬',
      '\u{1d400}',
    ];
    const part = fc
      .array(fc.constantFrom(...characters), { minLength: 1, maxLength: 12 })
      .map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(
        part,
        part,
        part,
        fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'),
        async (before, words, after, form) => {
          const text = `${before}|${words}|${after}`;
          const citation = await check(text, `|${words.normalize(form)}|`);
          const { quote, quoteStart, quoteEnd } = citation ?? {};
          expect(citation).not.toHaveProperty('problem');
          expect(text.slice(quoteStart, quoteEnd)).toBe(quote);
          expect(quote).toBe(`|${words}|`);
        },
      ),
    );
  });

  it('Z-01: Korean syllables of letters are found, however many stand in a row', async () => {
    const syllables = '한글가나'.repeat(5);
    expect(await check(`${syllables.normalize('NFD')} x`, syllables)).toMatchObject({ quoteStart: 0 });
    expect(await check(`${syllables} x`, syllables.normalize('NFD'))).toMatchObject({ quote: syllables });
    expect(await check('ㄱㅏㄱㅏ 가', '가가')).toMatchObject({ quote: 'ㄱㅏㄱㅏ' });
  });

  it('in time that is linear in the text', async () => {
    for (const c of ['e\u0301', '\u0301', '\u00ad', '한'.normalize('NFD'), ' ', 'ﬁ', 'ß']) {
      const start = process.cpuUsage();
      expect(await check(`${c.repeat(50_000)}x y`, 'x y')).toMatchObject({ quote: 'x y' });
      const { user, system } = process.cpuUsage(start);
      expect(user + system).toBeLessThan(2_000_000);
    }
  });
});

describe('markers of citations', () => {
  const sources = ['sky', 'sea', 'sun'].map((id) => ({
    node: createTextNode({ id, text: `The ${id}.` }),
    score: 1,
  }));
  const scan = async (pieces: readonly string[]) => (await written(pieces, sources)).citations;

  it.each([
    ['【1】', [1]],
    ['【1】【2】', [1, 2]],
    ['【2†source】', [2]],
    ['【3†L10-L12】', [3]],
    ['〔2〕', [2]],
    ['［１］', [1]],
    ['［1，2］', [1, 2]],
    ['【1、3】', [1, 3]],
    ['[1; 2]', [1, 2]],
    ['[1, 2]', [1, 2]],
    ['[1][2]', [1, 2]],
    ['[１]', [1]],
  ])('Z-01: %s is one, however it arrives', async (marker, numbers) => {
    const text = `So it is ${marker}, they say.`;
    const whole = await scan([text]);
    expect(whole.map(({ number }) => number)).toEqual(numbers);
    expect(whole.every(({ start, end }) => marker.includes(text.slice(start, end)))).toBe(true);
    expect(await scan(text.split(''))).toEqual(whole);
  });

  it.each([
    '(1)',
    '[^1]',
    '【a】',
    '【†1】',
    '[1】',
    '【1]',
    '【1†so\nurce】',
    '〔〕',
    '`【1】`',
    '[1†source]',
    '{1}',
    '¹',
  ])('Z-01: %s is none', async (text) => {
    expect(await scan([`In 2020 ${text} it was.`])).toEqual([]);
    expect(await scan(`In 2020 ${text} it was.`.split(''))).toEqual([]);
  });

  it('Z-01: what stands before many markers is looked for once in each source', async () => {
    const lookups = async (markers: number): Promise<number> => {
      const spy = vi.spyOn(String.prototype, 'indexOf');
      const claim = '"the sky is a thing" and "the sea is another", they say ';
      const found = await scan([
        claim + Array.from({ length: markers }, (_, at) => `[${(at % 3) + 1}]`).join(''),
      ]);
      const { length } = spy.mock.calls;
      spy.mockRestore();
      expect(found).toHaveLength(markers);
      expect(found.every(({ problem }) => problem === 'misquote')).toBe(true);
      return length;
    };
    expect(await lookups(5_000)).toBe(await lookups(9));
    expect(await lookups(9)).toBeGreaterThan(0);
  });

  it('in time that is linear in the answer, whatever it is made of', async () => {
    const time = async (text: string): Promise<number> => {
      const start = process.cpuUsage();
      await scan([text]);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    for (const part of [
      '[1]',
      '【1】',
      '[',
      '【1†',
      '. ',
      '"',
      '"a" ',
      '"a ',
      '„',
      '«a ',
      '“',
      '`',
      '`a ',
      '\t',
      ' [1]',
      'a.',
    ])
      expect(await time(`The claim${part.repeat(16_000)}x [1]`), part).toBeLessThan(2_000);
  });
});
