import { parserConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenParser } from '../src/index.ts';

parserConformance(
  { describe, it },
  {
    name: 'frozen',
    create: () => new FrozenParser(),
    samples: [
      { text: 'VERDICT: the moon (95%)', value: { verdict: 'the moon', confidence: 95 } },
      { text: 'I thought.\n\n**verdict: 😀 (7 %)**\n', value: { verdict: '😀', confidence: 7 } },
    ],
    invalid: [
      { text: 'I do not know.', code: 'parse' },
      { text: 'VERDICT: the moon', code: 'parse' },
    ],
    declares: ['stream', 'failure', 'instructions'],
    reasons: {
      snapshots: 'The verdict is the last line.',
      long: 'There is one verdict.',
      place: 'It is not there as a whole.',
      json: 'It reads a line.',
      schema: 'Its value has one form.',
    },
  },
);
