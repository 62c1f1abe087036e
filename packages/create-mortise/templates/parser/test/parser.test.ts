import { parserConformance } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { AcmeParser } from '@mortise/acme';

parserConformance(
  { describe, it },
  {
    name: 'acme',
    create: () => new AcmeParser(),
    // REPLACE: answers as models write them, and what stands in them. The suite cuts them in every way.
    samples: [
      {
        text: 'The moon pulls.\n\n**VERDICT: it is the moon (95%)**\n',
        value: { verdict: 'it is the moon', confidence: 95 },
      },
      {
        text: 'VERDICT: the wind (30 %)\nNo:\nverdict: a 😀 (400%)',
        value: { verdict: 'a 😀', confidence: 100 },
      },
    ],
    // REPLACE: answers that it must refuse.
    invalid: [
      { text: 'I do not know.', code: 'parse' },
      { text: 'VERDICT: it is the moon', code: 'parse' },
      { text: '', code: 'parse' },
    ],
    declares: ['stream', 'failure', 'instructions'],
    // REPLACE: for what is not declared, why.
    reasons: {
      snapshots: 'The last line decides.',
      long: 'It reads one line.',
      place: 'What is missing has no place.',
      json: 'It reads a line of text.',
      schema: 'Its values have one form.',
    },
  },
);

it('tells the model exactly this', () => {
  // REPLACE: what it is told.
  const told = 'End with one line: VERDICT: your verdict (your confidence in percent, such as 80%)';
  expect(new AcmeParser().format('Why are there tides?')).toBe(`Why are there tides?\n\n${told}`);
});
