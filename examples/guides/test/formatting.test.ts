import { parserConformance } from '@mortise/conformance';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { DurationParser } from '../duration-parser.ts';
import { answerTicket, readMenu } from '../formatting.ts';

describe('output formatting', () => {
  it('puts the form behind the image, and reads rows', async () => {
    const llm = new ScriptedLLM({ replies: ['| name | price |\n|---|---|\n| Tea | 2.50 |\n'] });
    expect(await readMenu(llm, 'https://example.com/menu.png')).toEqual([{ name: 'Tea', price: '2.50' }]);
    const content = llm.requests[0]?.messages[1]?.content as readonly { type: string }[];
    expect(content.map(({ type }) => type)).toEqual(['text', 'image', 'text']);
    expect(JSON.stringify(content[2])).toContain('| name | price |');
  });

  it('reads its own example, and has what does not fit mended', async () => {
    const right = '<team>billing</team><reply>We pay "it" back.</reply><tags>refund</tags>';
    const llm = new ScriptedLLM({ replies: ['<team>sales</team><reply>Hm.</reply><tags></tags>', right] });
    const value = { team: 'billing', reply: 'We pay "it" back.', tags: ['refund'] };
    expect(await answerTicket(llm, 'I paid twice.')).toEqual(value);
    const shown = llm.requests[0]?.messages[0]?.content as string;
    const [example = ''] = /^<team>.*$/m.exec(shown) ?? [];
    expect(await answerTicket(new ScriptedLLM({ replies: [example] }), 'x')).toMatchObject({
      tags: ['refund', 'double charge'],
    });
  });
});

// #region suite
parserConformance(
  { describe, it },
  {
    name: 'the parser of the guide',
    create: () => new DurationParser(),
    samples: [
      { text: '1h 30m', value: 5400 },
      { text: '**45 s**', value: 45 },
    ],
    invalid: [{ text: 'a while', code: 'parse', position: 0 }],
    declares: ['stream', 'failure', 'place', 'instructions'],
    reasons: {
      snapshots: 'A duration is whole at its end.',
      long: 'It is one number.',
      json: 'It reads no JSON.',
      schema: 'It takes no schema.',
    },
  },
);
// #endregion
