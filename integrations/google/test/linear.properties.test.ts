import { slowReadings } from '@mortise/conformance';
import * as google from '@mortise/google';
import { GoogleEmbedding, GoogleLLM } from '@mortise/google';
import { describe, expect, it } from 'vitest';

const answering = (text: string, status = 200, type = 'application/json') => ({
  model: 'm' as const,
  apiKey: 'k',
  retry: false as const,
  fetch: () => Promise.resolve(new Response(text, { status, headers: { 'content-type': type } })),
});
const event = (parts: readonly object[], more: object = {}): object => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  responseId: 'r',
});
const whole = (parts: readonly object[], more: object = {}): Promise<unknown> =>
  new GoogleLLM(answering(JSON.stringify(event(parts, { finishReason: 'STOP', ...more })))).chat('q');
const streamed = (events: readonly object[], last: object = {}): Promise<unknown> => {
  const body = [...events, event([], { finishReason: 'STOP', ...last })]
    .map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`)
    .join('');
  return new GoogleLLM(answering(body, 200, 'text/event-stream')).streamChat('q').final();
};

const call = (functionCall: object, more: object = {}): object => ({ functionCall, ...more });
/** A call whose arguments come by these paths, each a piece. */
const byPaths = (pieces: readonly object[]): Promise<unknown> =>
  streamed([
    event([call({ name: 'f', willContinue: true })]),
    ...pieces.map((piece) => event([call({ partialArgs: [piece], willContinue: true })])),
    event([call({})]),
  ]);
const pages = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({ web: { uri: `https://a/${at}`, title: 'a' } }));
/** Texts that rest on a page each, by segments. */
const grounding = (segments: readonly object[]): object => ({
  groundingMetadata: {
    groundingChunks: pages(1),
    groundingSupports: segments.map((segment) => ({ segment, groundingChunkIndices: [0] })),
  },
});
const recited = (letters: readonly string[]): object => ({
  citationMetadata: {
    citationSources: letters.map((_, at) => ({ startIndex: at, endIndex: at + 1, uri: 'https://a' })),
  },
});

/** What a reply may bring again and again, a character of the text a piece. */
const READ: { readonly [what: string]: (letters: readonly string[]) => Promise<unknown> } = {
  'pieces of a text': (letters) => streamed(letters.map((text) => event([{ text }]))),
  'pieces of a text in one event': (letters) => streamed([event(letters.map((text) => ({ text })))]),
  'pieces of a thought': (letters) => streamed(letters.map((text) => event([{ text, thought: true }]))),
  'texts that are signed': (letters) =>
    streamed(letters.map((text) => event([{ text, thoughtSignature: 'c2ln' }]))),
  'texts and thoughts in turn': (letters) =>
    streamed(letters.map((text, at) => event([{ text, ...(at % 2 === 0 ? { thought: true } : {}) }]))),
  'parts of its own': (letters) =>
    streamed(letters.map((code) => event([{ executableCode: { language: 'PYTHON', code } }]))),
  calls: (letters) => streamed(letters.map((_, at) => event([call({ id: `c${at}`, name: 'f', args: {} })]))),
  'calls in pieces': (letters) =>
    streamed(letters.map((_, at) => event([call({ id: `c${at}`, name: 'f', willContinue: true })]))),
  'pieces of one argument': (letters) =>
    byPaths(letters.map((stringValue) => ({ jsonPath: '$.a', stringValue, willContinue: true }))),
  'pieces of one argument in one event': (letters) =>
    streamed([
      event([
        call({
          name: 'f',
          partialArgs: letters.map((stringValue) => ({ jsonPath: '$.a.b', stringValue })),
        }),
      ]),
    ]),
  'arguments by their names': (letters) =>
    byPaths(letters.map((stringValue, at) => ({ jsonPath: `$.a${at}`, stringValue }))),
  'arguments in a list': (letters) =>
    byPaths(letters.map((stringValue, at) => ({ jsonPath: `$.a[${at}]`, stringValue }))),
  'objects in a list': (letters) =>
    byPaths(letters.map((stringValue, at) => ({ jsonPath: `$.a[${at}]['b']`, stringValue }))),
  'other candidates': (letters) =>
    streamed(
      letters.map((text) => ({ candidates: [{ index: 0 }, { index: 1, content: { parts: [{ text }] } }] })),
    ),
  'members of a reply': (letters) =>
    streamed(letters.map((text, at) => ({ ...event([]), [`m${at}`]: text }))),
  counts: (letters) =>
    streamed(letters.map((_, at) => ({ ...event([]), usageMetadata: { promptTokenCount: at } }))),
  'segments that rest on a page': (letters) =>
    streamed(
      [event([{ text: 'a'.repeat(letters.length) }])],
      grounding(letters.map((_, at) => ({ startIndex: at, endIndex: at + 1, text: 'a' }))),
    ),
  'segments that rest on a page, whole': (letters) =>
    whole(
      [{ text: 'é'.repeat(letters.length) }],
      grounding(letters.map((_, at) => ({ startIndex: 2 * at, endIndex: 2 * at + 2, text: 'é' }))),
    ),
  'segments of texts': (letters) =>
    whole(
      letters.map((text) => ({ text })),
      grounding(letters.map((_, at) => ({ startIndex: at, endIndex: at + 1 }))),
    ),
  'segments whose words are nowhere': (letters) =>
    whole(
      [{ text: 'a'.repeat(letters.length) }],
      grounding(letters.map((_, at) => ({ startIndex: at, endIndex: at + 1, text: `b${at}` }))),
    ),
  'segments whose words are elsewhere': (letters) =>
    whole(
      [{ text: `${'a'.repeat(letters.length)}b` }],
      grounding(letters.map((_, at) => ({ startIndex: at, endIndex: at + 1, text: 'ab' }))),
    ),
  'sources of a recitation': (letters) => whole([{ text: 'a'.repeat(letters.length) }], recited(letters)),
  'texts, each recited': (letters) =>
    streamed(
      letters.map((text) => event([{ text, partMetadata: {} }])),
      recited(letters),
    ),
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(READ))(
    'of a reply: %s',
    async (_, readOf) => {
      const read = (pieces: string): Promise<unknown> => readOf(pieces.split(''));
      expect(await read('aaa')).toHaveProperty('message');
      expect(await slowReadings(read, { length: 2_000, repeated: ['a'], tails: [''] })).toEqual([]);
    },
    300_000,
  );

  it.each([
    ['an error', 400, ['', '{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"']],
    ['a reply', 200, ['', '{"candidates":[{"finishReason":"STOP","content":{"parts":[{"text":"']],
  ])(
    'of %s, whatever comes again and again',
    async (_, status, heads) => {
      const read = (body: string): Promise<unknown> => new GoogleLLM(answering(body, status)).chat('q');
      expect(await slowReadings(read, { heads, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('of a path, whatever comes again and again', async () => {
    const read = (path: string): Promise<unknown> => byPaths([{ jsonPath: path, stringValue: 'a' }]);
    const repeated = ['.a', '[0]', "['a']", '["a"]', '[', "['", '["', '.', '0', '[1', "'", 'a'];
    expect(await slowReadings(read, { heads: ['$', "$['"], repeated, tails: ['', ']'] })).toEqual([]);
  }, 300_000);

  it('of vectors', async () => {
    const read = (body: string): Promise<unknown> => new GoogleEmbedding(answering(body)).embedTexts(['a']);
    const heads = [
      '{"embeddings":[{"values":[',
      '{"embeddings":[',
      '{"predictions":[{"embeddings":{"values":[',
    ];
    const repeated = ['0', '1,', '{},', '"', '[', ' '];
    expect(await slowReadings(read, { heads, repeated, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(google).toSorted()).toEqual(['GoogleEmbedding', 'GoogleLLM']);
  });
});
