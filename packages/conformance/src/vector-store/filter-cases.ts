import { matchesFilter, type MetadataFilter, type VectorEntry } from '@mortise/core/store';
import type { Check } from '../frame/check.ts';
import type { ConformanceCase, Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { FILTER_OPERATORS, randomCondition, randomMetadata, randomTree } from './filters.ts';
import { bestCosines, cosinesOf, isClose, opened, type Lab } from './lab.ts';
import { sequence } from './random.ts';

const NODES = 120;
const CONDITIONS = 40;
const TREES = 60;

/** Operators as parts of names. */
const NAMES: { readonly [op: string]: string } = {
  '==': 'equal',
  '!=': 'not-equal',
  '>': 'greater',
  '>=': 'greater-or-equal',
  '<': 'less',
  '<=': 'less-or-equal',
  in: 'in',
  nin: 'not-in',
  any: 'any',
  all: 'all',
  contains: 'contains',
  'text-match': 'text-match',
  'is-empty': 'is-empty',
};

/** Each operator against core's `matchesFilter` on awkward metadata, then trees of all that are declared. */
export const filterCases: Suite<VectorStoreSubject> = [
  ...FILTER_OPERATORS.map((op): ConformanceCase<VectorStoreSubject> => ({
    id: `vs-filter-${NAMES[op]}`,
    rule: 'S-04',
    title: `filters by \`${op}\` as the contract says`,
    requires: ['dense', `filter:${op}`],
    async run(context) {
      const { lab, entries } = await filled(await opened(context));
      const random = sequence(17);
      for (let at = 0; at < CONDITIONS; at++)
        await agrees(context.check, lab, entries, randomCondition(random, op));
    },
  })),
  {
    id: 'vs-filter-trees',
    rule: 'S-04',
    title: 'combines conditions by and, or and not as logic does, at any depth',
    requires: ['dense', 'filters'],
    async run(context) {
      const { lab, entries } = await filled(await opened(context));
      const random = sequence(23);
      const operators = lab.store.support.operators ?? [];
      for (let at = 0; at < TREES; at++)
        await agrees(context.check, lab, entries, randomTree(random, operators));
      let deep = randomCondition(random, operators[0]!);
      for (let at = 0; at < 40; at++) deep = at % 2 === 0 ? { not: deep } : { and: [{ or: [deep] }] };
      await agrees(context.check, lab, entries, deep);
      const wide = Array.from({ length: 300 }, () => randomCondition(random, operators[0]!));
      await agrees(context.check, lab, entries, { or: wide });
      await agrees(context.check, lab, entries, { not: { and: wide } });
    },
  },
  {
    id: 'vs-filter-first',
    rule: 'S-04',
    title: 'filters before it takes the best, so that a filter never leaves fewer than there are',
    requires: ['dense', 'filter:=='],
    async run(context) {
      const lab = await opened(context);
      // Only the 20 that are farthest from the query match.
      const entries = Array.from({ length: 400 }, (_, at) =>
        lab.entry(`n${at}`, at * 0.4, { metadata: { far: at >= 380 } }),
      );
      await lab.upsert(...entries);
      const filter: MetadataFilter = { key: 'far', op: '==', value: true };
      const matching = entries.filter(({ node }) => node.metadata['far'] === true);
      for (const topK of [1, 5, 20]) {
        const found = await lab.query({ filter, topK });
        context.check.equal(found.length, topK, `how many of topK ${topK}`);
        const best = bestCosines(matching, lab.axis(0), topK);
        context.check.ok(
          isClose(cosinesOf(found, entries, lab.axis(0)), best),
          `the best ${topK} that match`,
        );
      }
      context.check.equal((await lab.ids({ filter, topK: 50 })).length, 20, 'all that match');
    },
  },
];

async function filled(lab: Lab): Promise<{ lab: Lab; entries: VectorEntry[] }> {
  const random = sequence(11);
  const entries = lab.cloud(NODES, 5, () => ({ metadata: randomMetadata(random) }));
  await lab.upsert(...entries);
  return { lab, entries };
}

async function agrees(
  check: Check,
  lab: Lab,
  entries: readonly VectorEntry[],
  filter: MetadataFilter,
): Promise<void> {
  const expected = entries
    .filter(({ node }) => matchesFilter(node.metadata, filter))
    .map(({ node }) => node.id);
  const found = await lab.all({ filter });
  if (found.join() === expected.toSorted().join()) return check.ok(true, '');
  const wrong = entries.find(({ node }) => found.includes(node.id) !== expected.includes(node.id))!;
  const shown = JSON.stringify(filter).slice(0, 300);
  const metadata = JSON.stringify(wrong.node.metadata);
  check.equal(found.includes(wrong.node.id), expected.includes(wrong.node.id), `${shown} on ${metadata}`);
  check.equal(found.toSorted(), expected.toSorted(), shown);
}
