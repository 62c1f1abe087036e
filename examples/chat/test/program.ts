import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '..');
const node = resolve(folder, '../../node_modules/.bin/node');

/** The program as `pnpm start:chat` runs it, in folders of its own, which may be killed and started again at the same address. */
export class Program {
  readonly #path = mkdtempSync(join(tmpdir(), 'mortise-chat-program-'));
  readonly #docs = join(this.#path, 'docs');
  #child: ChildProcess | undefined;
  #port = '0';

  constructor() {
    mkdirSync(this.#docs);
    writeFileSync(
      join(this.#docs, 'doors.md'),
      '# Doors\n\nThe mortise of the west door is forty millimetres long. It was cut by hand.\n',
    );
  }

  /** Resolves to the address, once it is printed. */
  async start(): Promise<string> {
    const args = ['--docs', this.#docs, '--data', join(this.#path, 'data'), '--port', this.#port];
    const child = spawn(node, ['--conditions=mortise-source', join(folder, 'main.ts'), ...args], {
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(this.#path, 'cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let shown = '';
    child.stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const url = await new Promise<string>((done, fail) => {
      child.stdout.on('data', (chunk: Buffer) => done(chunk.toString().trim()));
      child.once('close', () => fail(new Error(`The program ended: ${shown}`)));
    });
    this.#port = new URL(url).port;
    return url;
  }

  /** As a loss of power would: nothing is told. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  notes(): string {
    try {
      return readFileSync(join(this.#path, 'data/notes.md'), 'utf8');
    } catch {
      return '';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#path, { recursive: true, force: true });
  }
}
