import { fork, type ChildProcess } from 'node:child_process';
import { startServer } from '../measure.ts';
import { medians, type Contender, type Row } from './work.ts';

export interface Race {
  /** The module that exports them: `import.meta.filename`. */
  readonly file: string;
  readonly contenders: Readonly<Record<string, Contender>>;
  /** A file of this folder that serves them, in a process of its own. Default: none. */
  readonly server?: string;
  /** Rounds that count, after one that warms up. Default: 7. */
  readonly rounds?: number;
  /** A process for each round, where what was kept from the round before would be counted. Default: one for all of them. */
  readonly fresh?: boolean;
  /** Whether a round goes before those that count. Default: true. */
  readonly warm?: boolean;
  /**
   * Whether what a round left is collected before the next one. Default: true. Not where warm code is measured: with the last
   * object of a shape V8 throws the code away that was compiled for it. Each pays for its own garbage then.
   */
  readonly collect?: boolean;
}

interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMB: number;
  readonly kB?: number;
  readonly output: string;
}

/**
 * Every contender in a process of its own, in turn, round after round, so that what the machine does meanwhile hits all alike. The
 * order turns by one each round.
 */
export async function race(
  { file, contenders, server, rounds: usual = 7, fresh = false, warm = true, collect = true }: Race,
  rounds = usual,
): Promise<readonly Row[]> {
  const served = server === undefined ? undefined : await startServer(server);
  const names = Object.keys(contenders);
  const all = new Map<string, Measured[]>(names.map((name) => [name, []]));
  const running = new Map<string, ChildProcess>();
  const close = (name: string): void => {
    running.get(name)?.kill();
    running.delete(name);
  };
  let expected: string | undefined;
  try {
    for (let round = warm ? 0 : 1; round <= rounds; round++)
      for (const at of names.keys()) {
        const name = names[(at + round) % names.length]!;
        if (!running.has(name)) running.set(name, await open(file, name, served?.url ?? '', collect));
        const measured = await once<Measured>(running.get(name)!, name, 'run');
        if (fresh) close(name);
        expected ??= measured.output;
        if (measured.output !== expected)
          throw new Error(
            `${name} gave another result: ${measured.output.slice(0, 80)}, and not ${expected.slice(0, 80)}`,
          );
        if (round > 0) all.get(name)!.push(measured);
      }
  } finally {
    for (const name of names) close(name);
    served?.stop();
  }
  return names.map((name) => ({ name, ...medians(all.get(name)!) }));
}

async function open(file: string, name: string, url: string, collect: boolean): Promise<ChildProcess> {
  const child = fork(new URL('child.ts', import.meta.url).pathname, [file, name, url], {
    execArgv: [...(collect ? ['--expose-gc'] : []), '--disable-warning=ExperimentalWarning'],
  });
  await once(child, name);
  return child;
}

/** The next thing that the child says, after `message` if there is one. */
function once<T>(child: ChildProcess, name: string, message?: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`${name} ended by itself, with ${code}.`));
    child.once('exit', gone);
    child.once('message', (said) => {
      child.off('exit', gone);
      resolve(said as T);
    });
    if (message !== undefined) child.send(message);
  });
}
