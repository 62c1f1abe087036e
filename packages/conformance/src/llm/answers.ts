import type { WireAnswer } from '../dialects/contract.ts';

/** Characters of one to four bytes, a joined emoji, and what JSON must escape. */
const PIECES = ['Grüße ', '😀', ' aus Rom: "思', '考"\n', '👩‍🚀 \\ ', 'end.'];

export const TEXT: WireAnswer = {
  id: 'reply-1',
  model: 'conformance-1-2026-11-01',
  created: 1_793_534_461,
  parts: [{ type: 'text', pieces: PIECES }],
  finish: 'stop',
  usage: { inputTokens: 20, outputTokens: 7 },
};

export const SHORT: WireAnswer = { ...TEXT, parts: [{ type: 'text', pieces: ['Hé ', '😀'] }] };

/** Ids of calls have nine letters: every wire takes them as they are, Mistral's too. */
export const CALL: WireAnswer = {
  ...TEXT,
  parts: [
    {
      type: 'tool-call',
      id: 'callAlpha',
      name: 'weather',
      pieces: ['{"city":', ' "Rö', 'm", "days"', ': 3}'],
    },
  ],
  finish: 'tool-calls',
};

export const PARALLEL_CALLS: WireAnswer = {
  ...CALL,
  parts: [
    { type: 'tool-call', id: 'callAlpha', name: 'weather', pieces: ['{"city":', ' "Rome"', '}'] },
    {
      type: 'tool-call',
      id: 'callBravo',
      name: 'weather',
      pieces: ['{"ci', 'ty": "Oslo"', ', "days": [1, 2]', '}'],
    },
    { type: 'tool-call', id: 'callGamma', name: 'now', pieces: ['{}'] },
  ],
};

export const REASONING: WireAnswer = {
  ...TEXT,
  parts: [
    { type: 'reasoning', pieces: ['First ', 'things ', 'first.'], signature: 'c2lnbmF0dXJlL+==' },
    { type: 'text', pieces: ['It is ', '42.'] },
  ],
};

/** The reply says `text`, and nothing else changes. */
export function saying(...pieces: string[]): WireAnswer {
  return { ...TEXT, parts: [{ type: 'text', pieces }] };
}
