import { createDocument, type Document } from '@mortise/core/retriever';

const SUBJECTS = [
  'The mast',
  'A hull',
  'Each sail',
  'The keel',
  'Their anchor',
  'An oar',
  'The rudder',
  'Every rope',
];
const VERBS = ['carries', 'holds', 'turns', 'bends before', 'answers', 'outlasts', 'balances', 'follows'];
const OBJECTS = [
  'the wind',
  'a heavy sea',
  'the crew',
  'its cargo',
  'a long swell',
  'the tide',
  'the harbour',
  'a calm',
];
const SENTENCES = 12;

/** Documents of a dozen sentences, of which no two are equal. */
export function* documents(count: number): Generator<Document> {
  for (let at = 0; at < count; at++) {
    const sentences = Array.from({ length: SENTENCES }, (_, n) => {
      const from = (words: readonly string[], step: number): string =>
        words[(at * step + n * 7) % words.length] as string;
      return `${from(SUBJECTS, 3)} ${from(VERBS, 5)} ${from(OBJECTS, 7)}.`;
    });
    yield createDocument({
      id: `log-${at}`,
      text: `Log ${at}. ${sentences.join(' ')}`,
      metadata: { volume: Math.floor(at / 100) },
    });
  }
}
