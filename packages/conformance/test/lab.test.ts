import { Buffer } from 'node:buffer';
import {
  anthropicMessages,
  bedrockConverse,
  cohereChat,
  googleGenerateContent,
  llmSuite,
  openAIChatCompletions,
  openAIResponses,
  type LLMDialect,
  type WireAnswer,
} from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { reference } from './reference/dialect.ts';

const dialects: readonly LLMDialect[] = [
  openAIResponses,
  openAIChatCompletions,
  anthropicMessages,
  cohereChat,
  googleGenerateContent,
  bedrockConverse,
  reference,
];

const answer: WireAnswer = {
  id: 'r',
  model: 'm',
  parts: [
    { type: 'reasoning', pieces: ['Hm', '.'], signature: 's' },
    { type: 'text', pieces: ['Hé', 'llo'] },
    { type: 'tool-call', id: 'a', name: 'x', pieces: ['{"n":', '1}'] },
    { type: 'tool-call', id: 'b', name: 'y', pieces: ['{"n":', '2}'] },
  ],
  finish: 'tool-calls',
  usage: { inputTokens: 3, outputTokens: 2 },
};

describe.each(dialects)('$name', (dialect) => {
  it('ends with its terminal events, and only there', () => {
    const marks = dialect.frames(answer).map(({ terminal }) => terminal === true);
    expect(marks.indexOf(true)).toBeGreaterThan(0);
    expect(marks.slice(marks.indexOf(true))).not.toContain(false);
  });

  it.skipIf(dialect.without['argument-pieces'] !== undefined)(
    'says every piece, in one part after another or in turns',
    () => {
      for (const interleaved of [false, true]) {
        const text = dialect.frames(answer, { interleaved }).map(({ data }) => data);
        for (const piece of ['Hm', 'Hé', 'llo', String.raw`{\"n\":`, '1}', '2}'])
          expect(text.some((data) => data.includes(`"${piece}"`))).toBe(true);
      }
      const places = (interleaved: boolean): number[] => {
        const text = dialect.frames(answer, { interleaved }).map(({ data }) => data);
        return ['"1}"', '"2}"'].map((piece) => text.findIndex((data) => data.includes(piece)));
      };
      const [one = 0, two = 0] = places(false);
      const [first = 0, second = 0] = places(true);
      expect(two - one).toBeGreaterThan(1);
      expect(second - first).toBe(1);
    },
  );

  it('holds no state: the same answer gives the same bytes', () => {
    expect(dialect.frames(answer)).toEqual(dialect.frames(answer));
    expect(dialect.body(answer)).toEqual(dialect.body(answer));
    expect(Buffer.from(JSON.stringify(dialect.body(answer))).length).toBeGreaterThan(50);
  });

  it('explains only what some case asks for', () => {
    const asked = new Set(llmSuite.flatMap(({ requires }) => requires));
    const idle = Object.keys(dialect.without).filter((feature) => !asked.has(`wire:${feature}`));
    // Read by the cases themselves, which check what the wire can say and leave out the rest.
    const spared = ['model', 'reply-id', 'cache-write', 'reasoning-tokens', 'quote'];
    expect(idle.filter((feature) => !spared.includes(feature))).toEqual([]);
  });
});
