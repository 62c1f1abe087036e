import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';
import { wire } from './wiring.ts';

describe.skipIf(serverProgram === undefined)(`on a server of its own${WHY}`, () => {
  let server: RedisServer;
  let connection: Redis;

  beforeAll(async () => {
    server = await startRedis(serverProgram as string);
    connection = server.connect();
  }, 600_000);

  afterAll(async () => {
    await server?.stop();
  }, 600_000);

  wire({ describe, it }, () => connection);
});
