import type { Lease } from '@mortise/core/call';
import type { ConformanceCase, Suite } from '../frame/case.ts';
import { abortable, pause, waitFor } from '../shared/helpers.ts';
import type { RateLimiterSubject } from './subject.ts';

type LimiterCase = ConformanceCase<RateLimiterSubject>;

/** S-02, as it can be seen from outside. */
export const rateLimiterSuite: Suite<RateLimiterSubject> = [
  limiterCase(
    'limiter.order',
    'serves those who wait in the order in which they came',
    [],
    async ({ check, subject }) => {
      const limiter = subject.create({ concurrency: 1 });
      const served: number[] = [];
      const all = Array.from({ length: 6 }, async (_unused, n) => {
        const lease = await limiter.acquire({ tokens: 6 - n });
        served.push(n);
        lease.release();
      });
      await check.within(5_000, Promise.all(all), 'six requests');
      check.equal(served, [0, 1, 2, 3, 4, 5], 'the order');
    },
  ),
  limiterCase(
    'limiter.abort',
    "ends a wait with exactly its signal's reason, and serves the others",
    [],
    async ({ check, subject }) => {
      const limiter = subject.create({ concurrency: 1 });
      const { controller, reason } = abortable();
      const waits = Array.from({ length: 6 }, (_unused, n) =>
        limiter.acquire(n === 4 ? { signal: controller.signal } : {}),
      );
      const others = waits.filter((_unused, n) => n !== 4);
      const abandoned = check.rejects(waits[4] as Promise<Lease>, 'the wait that was aborted');
      controller.abort(reason);
      check.ok(
        (await check.within(1_000, abandoned, 'the wait')) === reason,
        "it is not the signal's reason",
      );
      const served = Promise.all(others.map(async (wait) => (await wait).release()));
      await check.within(5_000, served, 'the others');
    },
  ),
  limiterCase(
    'limiter.abort.before',
    'gives nothing to a signal that is aborted already',
    [],
    async ({ check, subject }) => {
      const { controller, reason } = abortable();
      controller.abort(reason);
      const wait = subject.create({}).acquire({ signal: controller.signal });
      check.ok((await check.rejects(wait, 'acquire')) === reason, "it is not the signal's reason");
    },
  ),
  limiterCase(
    'limiter.abort.head',
    'lets the next pass when the first of those who wait leaves',
    ['tokens'],
    async (context) => {
      const { check, subject } = context;
      const limiter = subject.create({ tokensPerMinute: 1_000 });
      await limiter.acquire({ tokens: 900 });
      const { controller, reason } = abortable();
      context.after(() => controller.abort(reason));
      const head = check.rejects(limiter.acquire({ tokens: 900, signal: controller.signal }), 'the first');
      const next = limiter.acquire({ tokens: 50 });
      let isServed = false;
      const served = next.then(() => (isServed = true));
      // Both are looked at below, unless this case has failed by then.
      for (const wait of [head, served]) wait.catch(() => undefined);
      await pause(100);
      check.equal(isServed, false, 'it passed the first, who waits');
      controller.abort(reason);
      await check.within(1_000, head, 'the first, which left');
      (await check.within(2_000, next, 'the next, for which there is room')).release();
    },
  ),
  limiterCase(
    'limiter.abort.granted',
    'loses no place to a wait that is aborted in the moment in which it ends',
    ['concurrency'],
    async ({ check, subject }) => {
      const limiter = subject.create({ concurrency: 1 });
      for (const order of ['release first', 'abort first']) {
        const lease = await check.within(1_000, limiter.acquire({}), `${order}: the first`);
        const { controller, reason } = abortable();
        const wait = limiter.acquire({ signal: controller.signal }).then(
          (granted) => granted.release(),
          () => undefined,
        );
        if (order === 'abort first') controller.abort(reason);
        lease.release();
        controller.abort(reason);
        await check.within(1_000, wait, `${order}: the wait`);
        (await check.within(1_000, limiter.acquire({}), `${order}: the place`)).release();
      }
    },
  ),
  limiterCase(
    'limiter.oversize',
    'refuses at once what can never fit, and that is not to be tried again',
    ['tokens'],
    async ({ check, subject }) => {
      const limiter = subject.create({ tokensPerMinute: 1_000 });
      const refused = check.error(limiter.acquire({ tokens: 1_001 }), 'rate-limit', 'more than it ever has');
      const { retryable } = await check.within(1_000, refused, 'the refusal');
      check.equal(retryable, false, 'retryable');
    },
  ),
  limiterCase(
    'limiter.usage',
    'takes what was really used for what was estimated',
    ['tokens'],
    async ({ check, subject }) => {
      const cheap = subject.create({ tokensPerMinute: 1_000 });
      (await cheap.acquire({ tokens: 1_000 })).release({ tokens: 0 });
      await check.within(1_000, cheap.acquire({ tokens: 900 }), 'what was given back');
      const dear = subject.create({ tokensPerMinute: 1_000 });
      (await dear.acquire({ tokens: 10 })).release({ tokens: 1_000 });
      const { controller } = abortable();
      let granted = false;
      const wait = dear.acquire({ tokens: 500, signal: controller.signal }).then(
        () => (granted = true),
        () => undefined,
      );
      await pause(100);
      check.equal(granted, false, 'granted what was used up');
      controller.abort();
      await wait;
    },
  ),
  limiterCase(
    'limiter.release',
    'frees one place for one lease, however often it is released',
    ['concurrency'],
    async ({ check, subject }) => {
      const limiter = subject.create({ concurrency: 1 });
      const lease = await limiter.acquire({});
      let granted = 0;
      const { controller } = abortable();
      const waits = [0, 1].map(() =>
        limiter.acquire({ signal: controller.signal }).then(
          () => granted++,
          () => undefined,
        ),
      );
      await pause(20);
      check.equal(granted, 0, 'granted beside the one in flight');
      lease.release();
      lease.release();
      await waitFor(() => granted > 0);
      await pause(50);
      check.equal(granted, 1, 'granted after one was released');
      controller.abort();
      await Promise.all(waits);
    },
  ),
];

function limiterCase(
  id: string,
  title: string,
  requires: LimiterCase['requires'],
  run: LimiterCase['run'],
): LimiterCase {
  return { id, rule: 'S-02', title, requires, run };
}
