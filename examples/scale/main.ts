import { HELP } from './arguments.ts';
import { run } from './run.ts';

const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
if (databaseUrl === undefined || redisUrl === undefined) {
  process.stderr.write(HELP);
  process.exitCode = 1;
} else {
  await run({ databaseUrl, redisUrl }, process.argv.slice(2));
}
