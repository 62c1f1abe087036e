import { vectorStoreConformance } from '@mortise/conformance';
import type { FilterOperator } from '@mortise/core/store';
import { describe, expect, it } from 'vitest';
import { AcmeVectorStore } from '@mortise/acme';

// REPLACE: the conditions that Acme's documentation has, and independent of `src`.
const OPERATORS: readonly FilterOperator[] = ['==', '!=', 'in', '>', '>=', '<', '<='];
const none = 'Acme has no such condition.';

vectorStoreConformance(
  { describe, it },
  {
    name: 'acme',
    // REPLACE: an empty store, and how it is closed. `settled` waits for a service that takes its time.
    open: () => ({ store: new AcmeVectorStore() }),
    // REPLACE: what it can do. What is declared must work.
    declares: ['dense', 'exact', 'filters', ...OPERATORS.map((operator) => `filter:${operator}` as const)],
    // REPLACE: for what is not declared, why.
    reasons: {
      mmr: 'Acme ranks by nearness alone.',
      sparse: 'Acme has no sparse vectors.',
      text: 'Acme searches by vector alone.',
      hybrid: 'Acme searches by vector alone.',
      persistence: 'It is in memory, gone with the process.',
      'filter:nin': none,
      'filter:any': none,
      'filter:all': none,
      'filter:contains': none,
      'filter:text-match': none,
      'filter:is-empty': none,
    },
  },
);

it('declares what the documentation says', () => {
  // REPLACE: what it says.
  expect(new AcmeVectorStore().support).toEqual({ modes: ['dense'], operators: OPERATORS });
});
