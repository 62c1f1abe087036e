import { createRedisLimiter, type RedisScripts } from '@mortise/bullmq';
import { rateLimiterConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';

/** Who only asks what is declared has no server. */
const nowhere = (): RedisScripts => {
  throw new Error('There is no server to run the suite on.');
};

let limits = 0;

export function wire(functions: TestFunctions, connection = nowhere): ConformanceResults[] {
  return [
    rateLimiterConformance(functions, {
      name: 'redis',
      declares: ['tokens', 'concurrency'],
      create: (target) =>
        createRedisLimiter({
          connection: connection(),
          name: `suite-${++limits}`,
          requestsPerMinute: 100_000,
          ...target,
        }),
    }),
  ];
}
