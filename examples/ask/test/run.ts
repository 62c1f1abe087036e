import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '..');
const node = resolve(folder, '../../node_modules/.bin/node');

export interface Outcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves as soon as this stands on either stream; rejects when the program ends before. */
  shows(text: string): Promise<void>;
  readonly end: Promise<Outcome>;
}

/** What Node compiled, for all programs of a test file: else each would compile the workspace anew. */
const COMPILED = mkdtempSync(join(tmpdir(), 'mortise-compiled-'));
process.once('exit', () => rmSync(COMPILED, { recursive: true, force: true }));

/** A folder of its own for each test: for documents, and for the index that would else stand among the user's caches. */
export class Sandbox {
  readonly path = mkdtempSync(join(tmpdir(), 'mortise-ask-'));
  readonly docs = join(this.path, 'docs');

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    mkdirSync(this.docs);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.docs, name)), { recursive: true });
      writeFileSync(join(this.docs, name), content);
    }
  }

  /** The program as `pnpm start` runs it, without keys unless `env` has them. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(node, ['--conditions=mortise-source', join(folder, 'main.ts'), ...args], {
      cwd: this.path,
      env: {
        PATH: process.env['PATH'],
        XDG_CACHE_HOME: join(this.path, 'cache'),
        NODE_COMPILE_CACHE: COMPILED,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const end = new Promise<Outcome>((done) => {
      child.once('close', (code) => done({ code, stdout, stderr }));
    });
    const shows = (text: string): Promise<void> =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (`${stdout}\n${stderr}`.includes(text)) done();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void end.then(() => fail(new Error(`"${text}" was never shown:\n${stdout}\n${stderr}`)));
        look();
      });
    return { child, shows, end };
  }

  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome> {
    return this.start(args, env).end;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
