import { type FilterOperator, type MetadataFilter, type VectorStoreSupport } from '@mortise/core/store';
import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
import { FILTER_OPERATORS, VALUE_FOR } from './filters.ts';
import { opened } from './lab.ts';

const MODES: VectorStoreSupport['modes'] = ['dense', 'sparse', 'hybrid', 'text', 'mmr'];

/** What a store says of itself, and what it does not take. */
export const refusalCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-members',
    rule: 'S-01',
    title: 'has every member of the contract',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const missing = (['upsert', 'delete', 'query'] as const).filter(
        (member) => typeof store[member] !== 'function',
      );
      context.check.equal(missing, [], 'the members that are missing');
      context.check.ok(Array.isArray(store.support?.modes), 'support.modes is not a list');
    },
  },
  {
    id: 'vs-support',
    rule: 'S-04',
    title: 'says in `support` what its conformance declares, no more and no less',
    requires: [],
    async run(context) {
      const { store } = await opened(context);
      const { declares } = context.subject;
      const { modes, operators } = store.support;
      const known = (mode: string): boolean => (MODES as readonly string[]).includes(mode);
      context.check.equal(modes.filter(known).toSorted(), declares.filter(known).toSorted(), 'the modes');
      const declared = declares
        .filter((feature) => feature.startsWith('filter:'))
        .map((feature) => feature.slice(7));
      context.check.equal((operators ?? []).toSorted(), declared.toSorted(), 'the operators');
      context.check.equal(operators !== undefined, declares.includes('filters'), 'filters');
    },
  },
  {
    id: 'vs-refuses-mode',
    rule: 'S-04',
    title: 'refuses a mode that it does not declare, also while it is empty',
    requires: [],
    async run(context) {
      const lab = await opened(context);
      const sparse = { indices: [1], values: [1] };
      const refuse = async (when: string): Promise<void> => {
        const others = MODES.filter((mode) => !lab.store.support.modes.includes(mode));
        for (const mode of [...others, 'conformance:none'] as const)
          await context.check.error(
            lab.query({ mode, text: 'text', sparse }),
            'unsupported',
            `${mode}, ${when}`,
          );
      };
      await refuse('empty');
      await lab.upsert(lab.entry('a', 0));
      await refuse('filled');
    },
  },
  {
    id: 'vs-refuses-operator',
    rule: 'S-04',
    title: 'refuses an operator that it does not declare, deep in a tree too, and leaves everything in place',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0), lab.entry('b', 90));
      const declared = lab.store.support.operators ?? [];
      const missing = FILTER_OPERATORS.filter((op) => !declared.includes(op));
      for (const op of [...missing, 'conformance:none'] as FilterOperator[]) {
        const one = { key: 'k', op, value: VALUE_FOR[op] ?? 'x' } as MetadataFilter;
        // Both parts before it decide: what is not looked at is not refused.
        for (const filter of [
          one,
          { not: one },
          { or: [{ and: [] }, one] },
          { and: [{ or: [] }, { not: one }] },
        ]) {
          const what = JSON.stringify(filter);
          await context.check.error(lab.query({ filter }), 'unsupported', `a query by ${what}`);
          await context.check.error(
            lab.store.delete({ ids: ['a'], filter }),
            'unsupported',
            `a delete by ${what}`,
          );
        }
      }
      context.check.equal(await lab.all(), ['a', 'b'], 'what is there');
    },
  },
  {
    id: 'vs-refuses-malformed',
    rule: 'S-04',
    title: 'refuses a filter that is none, also where the rest of it decides and where nothing is stored',
    requires: ['dense', 'filters'],
    async run(context) {
      const lab = await opened(context);
      const op = lab.store.support.operators?.find((one) => one !== 'is-empty');
      const broken = [
        {},
        { key: 'k', op, value: { deep: 1 } },
        { key: 'k', op, value: null },
      ] as unknown as MetadataFilter[];
      const refuse = async (when: string): Promise<void> => {
        for (const one of broken)
          for (const filter of [one, { or: [{ and: [] }, one] }, { not: one }]) {
            const what = `${JSON.stringify(filter)}, ${when}`;
            await context.check.error(lab.query({ filter }), 'invalid-request', `a query by ${what}`);
            await context.check.error(lab.store.delete({ filter }), 'invalid-request', `a delete by ${what}`);
          }
      };
      await refuse('empty');
      await lab.upsert(lab.entry('a', 0));
      await refuse('filled');
      context.check.equal(await lab.all(), ['a'], 'what is there');
    },
  },
  {
    id: 'vs-refuses-dimension',
    rule: 'S-04',
    title: 'refuses a vector of another length, and the call with it',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      context.check.equal(lab.store.support.dimensions, lab.dimensions, 'the dimensions that are declared');
      for (const length of [lab.dimensions - 1, lab.dimensions + 1, 0]) {
        const embedding = new Float32Array(length).fill(0.5);
        const entry = { ...lab.entry('b', 0), embedding };
        await context.check.error(lab.store.upsert([entry]), 'invalid-request', `an entry of ${length}`);
        await context.check.error(lab.query({ embedding }), 'invalid-request', `a query of ${length}`);
      }
      const uneven = [lab.entry('c', 0), { ...lab.entry('d', 0), embedding: Float32Array.of(1) }];
      await context.check.error(lab.store.upsert(uneven), 'invalid-request', 'two lengths in one call');
      await lab.open.settled?.();
      context.check.ok(!(await lab.ids()).some((id) => id === 'b' || id === 'd'), 'a refused entry was kept');
    },
  },
  {
    id: 'vs-refuses-non-finite',
    rule: 'S-04',
    title: 'refuses a vector with a number that is not finite',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      for (const number of [NaN, Infinity, -Infinity]) {
        const embedding = lab.axis(0);
        embedding[lab.dimensions - 1] = number;
        const entry = { ...lab.entry('b', 0), embedding };
        await context.check.error(lab.store.upsert([entry]), 'invalid-request', `an entry with ${number}`);
        await context.check.error(lab.query({ embedding }), 'invalid-request', `a query with ${number}`);
      }
      context.check.equal(await lab.all(), ['a'], 'what is there');
    },
  },
  {
    id: 'vs-refuses-query',
    rule: 'S-04',
    title: 'refuses a query without its vector, and a topK that is not a whole number above 0',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      await context.check.error(lab.query({ embedding: undefined }), 'invalid-request', 'no vector');
      for (const topK of [0, -1, 1.5, NaN, Infinity])
        await context.check.error(lab.query({ topK }), 'invalid-request', `topK ${topK}`);
    },
  },
  {
    id: 'vs-aborted',
    rule: 'C-02',
    title: "rejects with exactly the caller's reason, and does nothing",
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      const options = { signal: AbortSignal.abort('enough') };
      const calls: [string, () => Promise<unknown>][] = [
        ['upsert', () => lab.store.upsert([lab.entry('b', 0)], options)],
        ['delete', () => lab.store.delete({ ids: ['a'] }, options)],
        ['query', () => lab.store.query({ topK: 1, embedding: lab.axis(0) }, options)],
      ];
      for (const [name, call] of calls)
        context.check.equal(await context.check.rejects(call(), name), 'enough', `the reason of ${name}`);
      await lab.open.settled?.();
      context.check.equal(await lab.all(), ['a'], 'what is there');
    },
  },
  {
    id: 'vs-abort',
    rule: 'C-01',
    title:
      'aborted under way, it is done already or rejects with exactly the reason, and goes on with the next call',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(600, 1);
      const ended = async (run: (options: { signal: AbortSignal }) => Promise<unknown>): Promise<unknown> => {
        const controller = new AbortController();
        const running = run({ signal: controller.signal }).then(
          () => 'done',
          (reason: unknown) => reason,
        );
        await Promise.resolve();
        controller.abort('left');
        return context.check.within(5_000, running, 'an aborted call');
      };
      const calls = [
        await ended((options) => lab.store.upsert(entries, options)),
        await ended((options) => lab.store.query({ topK: 5, embedding: lab.axis(0) }, options)),
        await ended((options) => lab.store.delete({ ids: ['n0'] }, options)),
      ];
      for (const end of calls)
        context.check.ok(end === 'done' || end === 'left', `it ended with ${String(end)}`);
      await lab.upsert(...entries);
      context.check.equal((await lab.all()).length, entries.length, 'how many are there');
    },
  },
  {
    id: 'vs-abort-between',
    rule: 'C-01',
    title: 'hears an abort between two parts of a large upsert, and goes on with none of the others',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      const entries = lab.cloud(600, 1, () => ({ text: 'long '.repeat(4_000) }));
      const controller = new AbortController();
      let end: unknown;
      const running = lab.store.upsert(entries, { signal: controller.signal }).then(
        () => (end = 'done'),
        (reason: unknown) => (end = reason),
      );
      await turns(2);
      controller.abort('left');
      // What was under way may come to its end; the rest of a large call is no part of it.
      await turns(3);
      const soon = end;
      await context.check.within(10_000, running, 'an aborted upsert');
      context.check.ok(
        end === 'left' || soon === 'done',
        `it ended with ${String(end)} long after the abort`,
      );
    },
  },
];

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
