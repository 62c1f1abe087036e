import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startWire, type Wire } from '@mortise/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attacksOn, SUBJECTS, type Attack, type Subject } from './hostile/attacks.ts';

interface Outcome {
  readonly code?: string;
  readonly message?: string;
  readonly seconds: number;
  readonly megabytes: number;
}

/** Above the start: half of what a process of 256 MB has. */
const MOST_MEGABYTES = 128;
/**
 * The young generation is held small: where much is made and let go, V8 lets it grow to some 100 MB on a machine with room,
 * whatever of it is held. What is measured is what a reply holds.
 */
const HEAP = ['--max-old-space-size=256', '--max-semi-space-size=8'];
const CLIENT = fileURLToPath(new URL('hostile/client.ts', import.meta.url));

let wire: Wire;
beforeAll(async () => {
  wire = await startWire((request, reply) => {
    const [, at = '', name = ''] = request.path.split('/');
    const subject = SUBJECTS[Number(at)];
    const attack = subject === undefined ? undefined : attacksOn(subject)[decodeURIComponent(name)];
    if (subject === undefined || attack === undefined) return void reply.writeHead(404).end('{}');
    return attack.answer(subject, request, reply);
  });
});
afterAll(() => wire.close());

/** The call in a process with 256 MB for its objects: how it ended. */
async function run(
  subject: Subject,
  name: string,
  { settings = {}, runs = false }: Attack,
): Promise<Outcome> {
  const url = `${wire.url}/${SUBJECTS.indexOf(subject)}/${encodeURIComponent(name)}`;
  const asked = { subject: subject.subject, method: subject.method, url, settings, runs };
  const args = [...HEAP, '--conditions=mortise-source', CLIENT, JSON.stringify(asked)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (complaints += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`The process ended with ${String(code)}: ${complaints.slice(0, 2_000)}`);
  return JSON.parse(out) as Outcome;
}

/** All of them, each in a process of its own: what one has taken another could not be blamed for. */
const ALL = SUBJECTS.flatMap((subject) =>
  Object.entries(attacksOn(subject)).map(
    ([name, attack]) => [`${subject.subject} ${subject.method}`, name, subject, attack] as const,
  ),
);
/** Each attack on one subject, and not always the same one; `pnpm test:hostile` tries all. */
const CALLS =
  process.env['MORTISE_HOSTILE'] === 'all'
    ? ALL
    : [...new Set(ALL.map(([, name]) => name))].flatMap((name, n) => {
        const those = ALL.filter(([, each]) => each === name);
        return those.slice((n * 3) % those.length).slice(0, 1);
      });

describe('C-13: a hostile server ends in a typed error within its bound, and not the process', () => {
  it.concurrent.each(CALLS)(
    '%s: %s',
    async (who, name, subject, attack) => {
      const { code, message = '', seconds, megabytes } = await run(subject, name, attack);
      if (process.env['MORTISE_HOSTILE'] !== undefined)
        console.log(`| ${who} | ${name} | ${code} | ${seconds.toFixed(1)} | ${megabytes} |`);
      expect({ code, message }).toEqual({
        code: attack.code,
        message: expect.stringContaining(attack.names ?? ''),
      });
      expect(seconds).toBeLessThan(attack.seconds ?? 60);
      expect(megabytes).toBeLessThan(MOST_MEGABYTES);
    },
    300_000,
  );
});
