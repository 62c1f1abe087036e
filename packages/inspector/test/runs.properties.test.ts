import {
  flatten,
  readRecording,
  runsOf,
  totalsOf,
  type RecordedEvent,
  type RunSpan,
} from '@mortise/inspector';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const HEADER = { format: 'mortise-runs', version: 1, session: 's1', startedAt: 0, content: false } as const;

interface Made {
  readonly parent: number | undefined;
  readonly start: number;
  readonly ms: number;
  readonly fails: boolean;
  readonly points: number;
  readonly tokens: number;
}

/** A forest: each span under an earlier one, or under none. */
const forests = fc
  .array(
    fc.record({
      under: fc.nat(),
      isRoot: fc.boolean(),
      start: fc.nat(10_000),
      ms: fc.nat(500),
      fails: fc.boolean(),
      points: fc.nat(3),
      tokens: fc.nat(1_000),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) =>
    all.map(({ under, isRoot, ...rest }, at): Made => ({
      ...rest,
      parent: at === 0 || isRoot ? undefined : under % at,
    })),
  );

function eventsOf(forest: readonly Made[]): RecordedEvent[] {
  return forest.flatMap(({ parent, start, ms, fails, points, tokens }, at): RecordedEvent[] => {
    const spanId = `m${at.toString(36)}`;
    const base = {
      name: `n${at % 5}`,
      spanId,
      ...(parent === undefined ? {} : { parentId: `m${parent.toString(36)}` }),
    };
    const attributes = { at, usage: { inputTokens: tokens, outputTokens: 1 } };
    const end = { ...base, time: start + ms, durationMs: ms, attributes };
    return [
      { ...base, phase: 'start', time: start, attributes: { at } },
      ...Array.from({ length: points }, (_, nth): RecordedEvent => ({
        phase: 'point',
        name: 'retry',
        spanId,
        time: start + nth,
        attributes: { nth, delayMs: 2 },
      })),
      fails
        ? { ...end, phase: 'error', error: { name: 'MortiseError', code: 'server' } }
        : { ...end, phase: 'end' },
    ];
  });
}

const shapeOf = (events: readonly RecordedEvent[]) =>
  runsOf([HEADER, ...events]).map(({ id, root }) => ({ id, rows: flatten(root), totals: totalsOf(root) }));

describe('runs', () => {
  test('are the same in whatever order their events come', () => {
    fc.assert(
      fc.property(
        forests
          .map(eventsOf)
          .chain((events) =>
            fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
          ),
        ([events, shuffled]) => {
          expect(readable(shuffled)).toEqual(readable(events));
        },
      ),
    );
  });

  test('hold each span once, below its parent, brothers in the order of their beginnings', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const runs = runsOf([HEADER, ...eventsOf(forest)]);
        expect(runs).toHaveLength(forest.filter(({ parent }) => parent === undefined).length);
        const spans = runs.flatMap(({ root }) => flatten(root).map(({ span }) => span));
        expect(new Set(spans.map(({ key }) => key)).size).toBe(forest.length);
        for (const span of spans) {
          expect(span.children.map(({ startedAt }) => startedAt)).toEqual(
            span.children.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b),
          );
          for (const child of span.children) {
            const made = forest[Number(child.attributes['at'])];
            expect(made?.parent).toBe(span.attributes['at']);
            expect(child.durationMs).toBe(made?.ms);
          }
        }
      }),
    );
  });

  test('count the tokens of the leaves, each once', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const parents = new Set(forest.map(({ parent }) => parent));
        const leaves = forest.filter((_, at) => !parents.has(at));
        const runs = runsOf([HEADER, ...eventsOf(forest)]);
        const told = runs.reduce((sum, { root }) => sum + totalsOf(root).inputTokens, 0);
        expect(told).toBe(leaves.reduce((sum, { tokens }) => sum + tokens, 0));
      }),
    );
  });

  test('of any JSON at all are made without a throw, circles included', () => {
    const id = fc.constantFrom('m1', 'm2', 'm3', 'm4');
    const line = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({
          phase: fc.constantFrom('start', 'end', 'error', 'point'),
          name: fc.constantFrom('query', 'retry', '__proto__', ''),
          spanId: id,
          parentId: id,
          time: fc.oneof(fc.integer(), fc.double(), fc.constant('now')),
          durationMs: fc.oneof(fc.integer(), fc.double()),
          attributes: fc.oneof(fc.jsonValue(), fc.constant({ usage: { inputTokens: 1e308 }, delayMs: -4 })),
          error: fc.jsonValue(),
        })
        .map((event) => JSON.stringify(event)),
      fc.constant(JSON.stringify(HEADER)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const { lines: read } = readRecording(lines.join('\n'));
        for (const { root } of runsOf(read)) {
          expect(flatten(root).length).toBe(totalsOf(root).spans);
          expect(flatten(root).length).toBeLessThanOrEqual(read.length * 2);
        }
      }),
    );
  });
});

test.each(['downwards', 'upwards'])(
  'a chain of spans as deep as the recording is long is made and walked, written %s',
  (way) => {
    const lines = Array.from({ length: 40_000 }, (_, at) =>
      JSON.stringify({
        ...{ phase: at % 2 === 0 ? 'end' : 'point', name: 'step', spanId: `m${at}`, parentId: `m${at + 1}` },
        ...{ time: at, durationMs: 1, attributes: {} },
      }),
    );
    const began = performance.now();
    const written = way === 'upwards' ? lines : lines.toReversed();
    const [run] = runsOf(readRecording(written.join('\n')).lines);
    expect(flatten(run!.root)).toHaveLength(40_001);
    expect(totalsOf(run!.root).spans).toBe(40_001);
    expect(performance.now() - began).toBeLessThan(10_000);
  },
);

/** Without what is only there to be fast. */
function readable(events: readonly RecordedEvent[]): unknown {
  return shapeOf(events).map(({ id, rows, totals }) => ({
    id,
    totals,
    rows: rows.map(({ span, depth }) => ({ depth, ...tellable(span) })),
  }));
}

function tellable({ key, name, startedAt, durationMs, status, attributes, points, error }: RunSpan): object {
  const sorted = points
    .map(({ time, attributes: { nth } }) => [time, nth])
    .toSorted((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
  return { key, name, startedAt, durationMs, status, attributes, error, points: sorted };
}
