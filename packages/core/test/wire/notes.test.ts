import type { Warning } from '@mortise/core';
import { inlineMedia, notSent, requestNotes, sumOfCounts } from '@mortise/core/wire';
import { describe, expect, it } from 'vitest';

function notes(strict = false) {
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => void warnings.push(warning);
  return { warnings, ...requestNotes('acme', { strict }, { model: 'm-1', warn }) };
}

describe('requestNotes', () => {
  it('C-08: says once a setting, and once a message, what was left out', () => {
    const { warnings, leaveOut, note } = notes();
    leaveOut('seed', 'No seed.');
    leaveOut('seed', 'Again no seed.');
    note('A block was left out.');
    note('A block was left out.');
    note('Another one was.');
    expect(warnings).toEqual([
      { type: 'unsupported-setting', setting: 'seed', message: 'No seed.' },
      { type: 'other', message: 'A block was left out.' },
      { type: 'other', message: 'Another one was.' },
    ]);
  });

  it('C-08: refuses under strict what it would leave out, and always what it refuses', () => {
    const about = { code: 'unsupported', provider: 'acme', model: 'm-1' };
    const { warnings, leaveOut, note } = notes(true);
    expect(() => leaveOut('seed', 'No seed.')).toThrow(
      expect.objectContaining({ ...about, message: 'No seed.' }),
    );
    note('A block was left out.');
    expect(warnings).toHaveLength(1);
    expect(() => notes().refuse('No video.')).toThrow(
      expect.objectContaining({ ...about, message: 'No video.' }),
    );
  });
});

describe('sumOfCounts', () => {
  it.each([
    [[1, 2, 3], 6],
    [[undefined, 2], 2],
    [[], undefined],
    [[undefined], undefined],
    [[0, 0], 0],
    [[3, -1, 2], -1],
    [[0.5, 0.5], 0.5],
  ])('L-01: of %j is %s', (counts, sum) => {
    expect(sumOfCounts(counts)).toBe(sum);
  });
});

describe('inlineMedia', () => {
  it.each([
    ['data:image/png;base64,AAAA', { mediaType: 'image/png', data: 'AAAA' }],
    ['DATA:text/plain;charset=utf-8;base64,AA==', { mediaType: 'text/plain', data: 'AA==' }],
    ['data:text/plain,hello', undefined],
    ['https://example.com/a;base64,b', undefined],
  ])('gives what %s holds', (url, held) => {
    expect(inlineMedia({ url })).toEqual(held ?? { url });
  });

  it('leaves bytes as they are', () => {
    const source = { mediaType: 'image/png', data: 'AAAA' };
    expect(inlineMedia(source)).toBe(source);
  });
});

it('C-09: what was not sent shows no secret', () => {
  const thrown = new Error('Key sk-secret-1 has no region.');
  const error = notSent('Acme', thrown, 'Check the region.', { provider: 'acme', secrets: ['sk-secret-1'] });
  expect(error).toMatchObject({ code: 'configuration', provider: 'acme' });
  expect(error.message).toBe('Nothing was sent to Acme: Key [redacted] has no region. Check the region.');
  expect(error.cause).toBeUndefined();
});
