import { readFileSync } from 'node:fs';
import {
  rateLimiterConformance,
  rateLimiterSuite,
  runCase,
  similarityConformance,
  similaritySuite,
  type LimiterTarget,
  type SimilaritySubject,
} from '@mortise/conformance';
import { createAdaptiveLimiter } from '@mortise/toolkit/limiter';
import type { Lease, RateLimiter } from '@mortise/core/call';
import { createRateLimiter } from '@mortise/toolkit/limiter';
import { similarity } from '@mortise/core/embedding';
import { describe, expect, it } from 'vitest';

const create = (target: LimiterTarget): RateLimiter =>
  createRateLimiter({ requestsPerMinute: 100_000, ...target });

rateLimiterConformance({ describe, it }, { name: 'rate', declares: ['tokens', 'concurrency'], create });
rateLimiterConformance(
  { describe, it },
  {
    name: 'adaptive',
    declares: [],
    reasons: {
      tokens: 'It learns of a limit of tokens from replies only.',
      concurrency: 'It bounds requests a second, not those in flight.',
    },
    create: () => createAdaptiveLimiter(),
  },
);
similarityConformance({ describe, it }, { name: 'core', similarity });

type Request = Parameters<RateLimiter['acquire']>[0];
type Acquire = RateLimiter['acquire'];

const limited =
  (change: (acquire: Acquire, request: Request) => Promise<Lease>) =>
  (target: LimiterTarget): RateLimiter => {
    const right = create(target);
    return { acquire: (request) => change((own) => right.acquire(own), request) };
  };

const limiterMutants: readonly (readonly [
  fault: string,
  caughtBy: string,
  create: (target: LimiterTarget) => RateLimiter,
])[] = [
  ['lets the small ones go first', 'limiter.order', smallestFirst],
  [
    'waits on when nobody wants it any more',
    'limiter.abort',
    limited((acquire, { tokens }) => acquire({ tokens })),
  ],
  ['waits behind who has left', 'limiter.abort.head', inLine],
  ['serves whoever fits first', 'limiter.abort.head', polling],
  [
    'keeps the place of who left',
    'limiter.abort.granted',
    limited((acquire, { tokens, signal }) => {
      const left = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      return Promise.race([acquire({ tokens }), left]);
    }),
  ],
  [
    'gives a place to who has left',
    'limiter.abort.before',
    limited((acquire, { tokens }) => acquire({ tokens })),
  ],
  [
    'cuts down what is too large',
    'limiter.oversize',
    limited((acquire, { tokens = 0, signal }) => acquire({ tokens: Math.min(tokens, 1_000), signal })),
  ],
  [
    'believes its estimates',
    'limiter.usage',
    limited(async (acquire, request) => {
      const lease = await acquire(request);
      return { release: () => lease.release() };
    }),
  ],
  ['bounds nothing in flight', 'limiter.release', ({ concurrency: _own, ...target }) => create(target)],
];

const not = (change: (result: number, mode?: string) => number): SimilaritySubject => ({
  similarity: (a, b, mode) => change(similarity(a, b, mode), mode),
});
const similarityMutants: readonly (readonly [fault: string, caughtBy: string, subject: SimilaritySubject])[] =
  [
    ['leaves the root out', 'similarity.values', not((r, mode) => (mode === 'euclidean' ? -r * r : r))],
    ['gives a distance', 'similarity.order', not((r, mode) => (mode === 'euclidean' ? -r : r))],
    ['divides by zero', 'similarity.zero', not((r, mode) => (mode === 'cosine' && r === 0 ? NaN : r))],
    [
      'measures what both have',
      'similarity.length',
      {
        similarity(a, b, mode) {
          const length = Math.min(a.length, b.length);
          return similarity(Array.from(a).slice(0, length), Array.from(b).slice(0, length), mode);
        },
      },
    ],
  ];

it.each(limiterMutants)('a limiter that %s is caught: %s', async (_fault, id, broken) => {
  await caught(rateLimiterSuite, id, { create: broken });
});

it.each(similarityMutants)('a similarity that %s is caught: %s', async (_fault, id, subject) => {
  await caught(similaritySuite, id, subject);
});

it.each([
  ['limiter', rateLimiterSuite, limiterMutants],
  ['similarity', similaritySuite, similarityMutants],
] as const)('every case of the %s suite is needed by a mutant, and named once', (_name, suite, mutants) => {
  const needed = new Set(mutants.map(([, caughtBy]) => caughtBy));
  const ids = suite.map(({ id }) => id);
  expect(ids.filter((id) => !needed.has(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(mutants.map(([fault]) => fault)).size).toBe(mutants.length);
  const page = readFileSync(
    new URL('../../../docs/decisions/a-mutant-for-every-case.md', import.meta.url),
    'utf8',
  );
  const lines = page.split('\n');
  for (const [fault, caughtBy] of mutants)
    expect(lines.find((line) => line.includes(`\`${caughtBy}\`:`))).toContain(fault);
});

function smallestFirst(target: LimiterTarget): RateLimiter {
  const right = create(target);
  const waiting: { tokens: number; go(): void }[] = [];
  return {
    async acquire(request) {
      const { tokens = 0 } = request;
      await new Promise<void>((resolve) => {
        waiting.push({ tokens, go: resolve });
        setTimeout(
          () =>
            waiting
              .sort((a, b) => a.tokens - b.tokens)
              .shift()
              ?.go(),
          5,
        );
      });
      return right.acquire(request);
    },
  };
}

/** One after the other, and who leaves keeps its place in the line. */
function inLine(target: LimiterTarget): RateLimiter {
  const right = create(target);
  let line: Promise<unknown> = Promise.resolve();
  return {
    acquire({ tokens, signal }) {
      const own = line.then(() => right.acquire({ tokens }));
      line = own;
      const left = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      return Promise.race([own, left]);
    },
  };
}

/** Everybody looks again and again whether the bucket holds enough. It refills too slowly to matter here. */
function polling({ tokensPerMinute = Infinity }: LimiterTarget): RateLimiter {
  let bucket = tokensPerMinute;
  return {
    async acquire({ tokens = 0, signal }) {
      signal?.throwIfAborted();
      while (bucket < tokens) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        signal?.throwIfAborted();
      }
      bucket -= tokens;
      return { release: ({ tokens: used = tokens } = {}) => void (bucket += tokens - used) };
    },
  };
}

async function caught<S>(suite: readonly { id: string }[], id: string, subject: S): Promise<void> {
  const found = suite.find((each) => each.id === id) as Parameters<typeof runCase<S>>[0] | undefined;
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  // A mutant that only crashes would prove nothing.
  await expect(runCase(found, subject)).rejects.toMatchObject({ name: 'AssertionError' });
}
