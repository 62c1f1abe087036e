import { vectorStoreConformance } from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import { describe, it } from 'vitest';
import { FrozenVectorStore } from '../src/vector-store.ts';

const DECLARED = ['==', '!=', 'in', 'is-empty'];
const missing = FILTER_OPERATORS.filter((op) => !DECLARED.includes(op)).map((op) => [
  `filter:${op}`,
  'It has no such operator.',
]);

vectorStoreConformance(
  { describe, it },
  {
    name: 'frozen',
    open: () => ({ store: new FrozenVectorStore({ dimensions: 8 }) }),
    dimensions: 8,
    declares: ['dense', 'exact', 'filters', 'filter:==', 'filter:!=', 'filter:in', 'filter:is-empty'],
    reasons: {
      sparse: 'It has vectors alone.',
      hybrid: 'It has vectors alone.',
      text: 'It has vectors alone.',
      mmr: 'It gives the nearest.',
      persistence: 'It is in memory.',
      ...Object.fromEntries(missing),
    },
  },
);
