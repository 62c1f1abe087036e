import type { FilterOperator, MetadataFilter } from '@mortise/core/store';
import type { Suite } from '../frame/case.ts';
import { hostileValues } from '../shared/hostile-json.ts';
import type { VectorStoreSubject } from './subject.ts';
import { VALUE_FOR } from './filters.ts';
import { opened } from './lab.ts';

/** What comes from JavaScript, JSON or a model of one's own where a vector or a filter belongs. */
export const outsideCases: Suite<VectorStoreSubject> = [
  {
    id: 'vs-refuses-no-vector',
    rule: 'S-04',
    title:
      'refuses a value that is not a vector, a list of numbers too or else takes it whole, and goes on as before',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      const numbers = Array.from(lab.axis(1));
      const holes = new Array<number>(lab.dimensions);
      holes[0] = 1;
      const bytes = new ArrayBuffer(lab.dimensions * 4);
      const none: [string, unknown][] = [
        ['a list with a hole', holes],
        ['a list of texts', numbers.map(String)],
        ['a list with null', numbers.map((x) => (x === 0 ? null : x))],
        ['a list with a number above 32 bits', numbers.map((x) => x * 1e39)],
        ['whole numbers of 8 bits', Int8Array.from(numbers)],
        ['bytes', new Uint8Array(bytes)],
        ['a DataView', new DataView(bytes)],
        ['a buffer', bytes],
        ['an object', { ...Object.fromEntries(numbers.entries()), length: lab.dimensions }],
        ['a text', numbers.join(' ')],
        ['null', null],
        ['nothing', undefined],
      ];
      for (const [what, value] of none) {
        const embedding = value as Float32Array;
        const entry = { ...lab.entry('b', 0), embedding };
        await context.check.error(lab.store.upsert([entry]), 'invalid-request', `an entry with ${what}`);
        await context.check.error(lab.query({ embedding }), 'invalid-request', `a query with ${what}`);
      }
      await lab.open.settled?.();
      context.check.equal(await lab.all(), ['a'], 'what is there');

      // Plain numbers may be refused, or be what they say: never bytes that no query can read any more.
      for (const [what, value] of [
        ['a list', numbers],
        ['numbers of 64 bits', Float64Array.from(numbers)],
      ] as const) {
        const embedding = value as unknown as Float32Array;
        const failure = await lab.store.upsert([{ ...lab.entry('b', 0), embedding }]).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined)
          await context.check.error(Promise.reject(failure), 'invalid-request', `an entry with ${what}`);
        await lab.open.settled?.();
        const nearest = (await lab.ids({ embedding: lab.axis(1) }))[0];
        context.check.equal(nearest, failure === undefined ? 'b' : 'a', `the nearest after ${what}`);
        await lab.delete({ ids: ['b'] });
      }
    },
  },
  {
    id: 'vs-refuses-metadata',
    rule: 'S-04',
    title: 'refuses metadata that is not JSON or has no end, typed, the call with it, and goes on as before',
    requires: ['dense'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      for (const [what, value] of hostileValues()) {
        const entry = lab.entry('b', 0, { metadata: { value } as never });
        const upserting = lab.store.upsert([lab.entry('c', 0), entry]);
        await context.check.error(upserting, 'invalid-request', `metadata with ${what}`);
      }
      await lab.open.settled?.();
      const ids = await lab.ids();
      context.check.ok(!ids.includes('b'), 'what was refused is there');
      await lab.upsert(lab.entry('d', 0, { metadata: { deep: { er: [[[1]]] } } }));
      context.check.ok((await lab.ids()).includes('d'), 'what came after is not there');
    },
  },
  {
    id: 'vs-refuses-deep-filter',
    rule: 'S-04',
    title: 'refuses a filter that is nested without end, typed, in queries and deletes',
    requires: ['dense', 'filters'],
    async run(context) {
      const lab = await opened(context);
      await lab.upsert(lab.entry('a', 0));
      const op = lab.store.support.operators?.[0] as FilterOperator;
      let deep = { key: 'k', op, value: VALUE_FOR[op] ?? 'x' } as MetadataFilter;
      for (let at = 0; at < 20_000; at++) deep = at % 2 === 0 ? { not: deep } : { and: [deep] };
      const cyclic = { and: [] as MetadataFilter[] };
      cyclic.and.push(cyclic);
      for (const [what, filter] of [
        ['20,000 levels', deep],
        ['itself within itself', cyclic],
      ] as const) {
        await context.check.error(lab.query({ filter }), 'invalid-request', `a query by ${what}`);
        await context.check.error(lab.store.delete({ filter }), 'invalid-request', `a delete by ${what}`);
      }
      context.check.equal(await lab.all(), ['a'], 'what is there');
    },
  },
];
