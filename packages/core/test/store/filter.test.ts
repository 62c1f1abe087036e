import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  FILTER_OPERATORS,
  matchesFilter,
  type FilterOperator,
  type FilterValue,
  type MetadataFilter,
  type VectorQuery,
} from '@mortise/core/store';

const metadata = {
  year: 2020,
  title: 'The Tenon',
  tags: ['wood', 'joint'],
  draft: false,
  empty: '',
  none: null,
  list: [],
};

describe('matchesFilter', () => {
  const cases: [
    key: string,
    op: FilterOperator,
    value: FilterValue | FilterValue[] | undefined,
    expected: boolean,
  ][] = [
    ['year', '==', 2020, true],
    ['year', '==', '2020', false],
    ['draft', '==', false, true],
    ['missing', '==', 1, false],
    ['year', '!=', 2021, true],
    ['year', '!=', 2020, false],
    ['missing', '!=', 1, true],
    ['year', '>', 2019, true],
    ['year', '>', 2020, false],
    ['year', '>=', 2020, true],
    ['year', '<', 2020, false],
    ['year', '<=', 2020, true],
    ['year', '>', '1', false],
    ['missing', '<', 5, false],
    ['none', '<', 5, false],
    ['title', '>', 'Sa', true],
    ['year', 'in', [1, 2020], true],
    ['year', 'in', [], false],
    ['tags', 'in', ['wood'], false],
    ['year', 'nin', [1], true],
    ['missing', 'nin', [1], true],
    ['year', 'nin', [2020], false],
    ['tags', 'any', ['metal', 'wood'], true],
    ['tags', 'any', ['metal'], false],
    ['title', 'any', ['The Tenon'], false],
    ['tags', 'all', ['wood', 'joint'], true],
    ['tags', 'all', ['wood', 'metal'], false],
    ['tags', 'contains', 'wood', true],
    ['tags', 'contains', 'woo', false],
    ['title', 'contains', 'Tenon', false],
    ['title', 'text-match', 'tenon', true],
    ['title', 'text-match', 'mortise', false],
    ['tags', 'text-match', 'wood', false],
    ['empty', 'is-empty', undefined, true],
    ['none', 'is-empty', undefined, true],
    ['list', 'is-empty', undefined, true],
    ['missing', 'is-empty', undefined, true],
    ['draft', 'is-empty', undefined, false],
    ['constructor', 'is-empty', undefined, true],
    ['__proto__', 'is-empty', undefined, true],
  ];
  it.each(cases)('S-04: %s %s %j is %s', (key, op, value, expected) => {
    expect(matchesFilter(metadata, { key, op, value })).toBe(expected);
  });

  it('has a case for every operator', () => {
    expect(new Set(cases.map(([, op]) => op))).toEqual(new Set(FILTER_OPERATORS));
  });

  it('S-04: combines by and, or and not as logic does', () => {
    const leaf = fc.constantFrom<MetadataFilter>(
      { key: 'year', op: '==', value: 2020 },
      { key: 'year', op: '>', value: 2020 },
      { key: 'tags', op: 'contains', value: 'wood' },
      { key: 'missing', op: '==', value: 1 },
    );
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 4 }), leaf, (parts, one) => {
        const each = parts.map((part) => matchesFilter(metadata, part));
        expect(matchesFilter(metadata, { and: parts })).toBe(each.every(Boolean));
        expect(matchesFilter(metadata, { or: parts })).toBe(each.some(Boolean));
        expect(matchesFilter(metadata, { not: one })).toBe(!matchesFilter(metadata, one));
        const negated = parts.map((not) => ({ not }));
        expect(matchesFilter(metadata, { not: { and: parts } })).toBe(
          matchesFilter(metadata, { or: negated }),
        );
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['an unknown operator', { key: 'year', op: 'between', value: 1 }, 'unsupported'],
    ["a provider's operator", { key: 'year', op: 'acme:near', value: 1 }, 'unsupported'],
    ['a list where one value belongs', { key: 'year', op: '==', value: [1] }, 'invalid-request'],
    ['a value where a list belongs', { key: 'year', op: 'in', value: 1 }, 'invalid-request'],
    ['no value', { key: 'year', op: '>' }, 'invalid-request'],
    ['NaN', { key: 'year', op: '>', value: NaN }, 'invalid-request'],
    ['text-match by a number', { key: 'year', op: 'text-match', value: 1 }, 'invalid-request'],
    ['no filter at all', {}, 'invalid-request'],
  ])('S-04: refuses %s, also where the data would decide without it', (_what, filter, code) => {
    const broken = filter as MetadataFilter;
    const error = expect.objectContaining({ code });
    expect(() => matchesFilter(metadata, broken)).toThrow(error);
    expect(() => matchesFilter(metadata, { or: [{ and: [] }, broken] })).toThrow(error);
    expect(() => matchesFilter(metadata, { and: [{ or: [] }, broken] })).toThrow(error);
    expect(() => checkFilter({ not: { and: [broken] } }, FILTER_OPERATORS)).toThrow(error);
  });
});

describe('checkVectorQuery', () => {
  const support = { modes: ['dense', 'text'] as const, operators: ['=='] as const, dimensions: 2 };
  const good: VectorQuery = { topK: 3, embedding: Float32Array.of(1, 2) };

  it('S-04: lets pass what is declared', () => {
    checkVectorQuery({ ...good, filter: { and: [{ key: 'a', op: '==', value: 1 }] } }, support);
    checkVectorQuery({ mode: 'text', text: 'a', topK: 1 }, support);
  });

  it.each<[string, Partial<VectorQuery>, string]>([
    ['a mode that is not declared', { mode: 'mmr' }, 'unsupported'],
    [
      'an operator that is not declared',
      { filter: { not: { key: 'a', op: '!=', value: 1 } } },
      'unsupported',
    ],
    ['a wrong dimension', { embedding: Float32Array.of(1) }, 'invalid-request'],
    ['a vector that is not finite', { embedding: Float32Array.of(1, NaN) }, 'invalid-request'],
    ['no vector', { embedding: undefined }, 'invalid-request'],
    ['no text', { mode: 'text' }, 'invalid-request'],
    ['topK 0', { topK: 0 }, 'invalid-request'],
    ['a share above 1', { alpha: 1.5 }, 'invalid-request'],
    ['a share that is no number', { lambda: NaN }, 'invalid-request'],
  ])('S-04: refuses %s', (_what, change, code) => {
    expect(() => checkVectorQuery({ ...good, ...change }, support)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('S-04: refuses every filter where none is declared', () => {
    const filter = { key: 'a', op: '==', value: 1 } as const;
    const refused = expect.objectContaining({ code: 'unsupported' });
    expect(() => checkVectorQuery({ ...good, filter }, { modes: ['dense'] })).toThrow(refused);
  });

  it('S-04: refuses entries of different lengths, empty or not finite, naming the node', () => {
    const entry = (...numbers: number[]) => ({
      node: createTextNode({ id: `n${numbers.length}`, text: '' }),
      embedding: Float32Array.from(numbers),
    });
    expect(checkVectorEntries([entry(1, 2), entry(3, 4)], undefined)).toBe(2);
    expect(checkVectorEntries([], undefined)).toBeUndefined();
    for (const bad of [entry(1), entry(), entry(1, Infinity)]) {
      const named = { code: 'invalid-request', message: expect.stringContaining(`'${bad.node.id}'`) };
      expect(() => checkVectorEntries([entry(1, 2), bad], undefined)).toThrow(expect.objectContaining(named));
    }
  });
});
