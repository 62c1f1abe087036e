// Without Docker: the servers that are installed on this machine, each with data in a folder that is removed afterwards.
import { serverProgram, startRedis } from '../../integrations/bullmq/test/server.ts';
import { serverPrograms, startServer } from '../../integrations/postgres/test/server.ts';
import { run } from './run.ts';

if (serverPrograms === undefined || serverProgram === undefined) {
  process.stderr.write(
    'It needs the programs of Postgres and Redis: apt-get install postgresql redis-server\n',
  );
  process.exitCode = 1;
} else {
  const redis = await startRedis(serverProgram);
  const postgres = await startServer(serverPrograms);
  try {
    await run(
      { databaseUrl: postgres.url, redisUrl: `redis://127.0.0.1:${redis.port}` },
      process.argv.slice(2),
    );
  } finally {
    await postgres.stop();
    await redis.stop();
  }
}
