import { errorText, MortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import { checkOptions, heard, shown, wholeNumber } from '@mortise/core/shared';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { eventLine, headerLine } from './records.ts';

/** Where and how much is kept on disk. */
export interface RecordingBounds {
  /** Bytes of a file, after which the next is begun. Default: 8 MiB. */
  maxFileBytes?: number | undefined;
  /** Recordings in the folder; those that were not written to for longest go. Default: 16. */
  maxFiles?: number | undefined;
}

export interface RecordOptions extends RecordingBounds {
  /** Made where it is missing, for its owner alone. Default: `.mortise/runs` in the working folder. */
  folder?: string | undefined;
  /**
   * Record what is private too: prompts, replies, queries, sources, arguments and results of tools, and the words of errors that
   * are not Mortise's own. Default: false.
   */
  content?: boolean | undefined;
  /** Told once, when the disk fails and recording ends. Default: a warning of the process. */
  onError?: ((error: MortiseError) => void) | undefined;
}

/** Recording that has begun. */
export interface RunRecorder {
  readonly folder: string;
  /** Resolves when everything so far is on disk, or recording has ended by a failure that `onError` was told of. */
  flush(): Promise<void>;
  /** Records no more, and resolves when everything is on disk. */
  stop(): Promise<void>;
}

export const DEFAULT_FOLDER = '.mortise/runs';
/** UTF-16 units that may wait for the disk; what comes on top is left out. */
const MAX_WAITING = 33_554_432;

/**
 * Records every operation of this process from now on, as JSON Lines that `npx @mortise/inspector` shows, live too. Nothing is thrown into
 * the calls that are recorded.
 *
 * ```ts
 * const recorder = recordRuns({ content: true });
 * ```
 */
export function recordRuns(given: RecordOptions = {}): RunRecorder {
  const options = checkOptions(given, 'configuration');
  // Consent is `true`, and nothing else that a program may take for it.
  const content = options.content === true;
  const writer = new RunWriter(options, newSession(content));
  const unsubscribe = subscribe((event) => writer.write(eventLine(event, content)), {
    captureContent: content,
  });
  return {
    folder: writer.folder,
    flush: () => writer.flush(),
    stop: () => {
      unsubscribe();
      return writer.stop();
    },
  };
}

/** A process's recording: what its ids are unique in. */
export interface Session {
  readonly id: string;
  readonly startedAt: number;
  readonly header: string;
}

export function newSession(content: boolean): Session {
  const id = randomBytes(9).toString('base64url');
  const startedAt = Date.now();
  return { id, startedAt, header: headerLine(id, startedAt, content) };
}

/** Appends lines to files, in batches of one write each, so that no line is torn but by a kill. */
export class RunWriter {
  readonly folder: string;
  readonly #session: Session;
  readonly #maxFileBytes: number;
  readonly #maxFiles: number;
  readonly #onError: (error: MortiseError) => void;
  #file: FileHandle | undefined;
  #bytes = 0;
  #part = 0;
  #waiting: string[] = [];
  #waitingUnits = 0;
  #writing: Promise<void> | undefined;
  #isFailed = false;
  #isLeavingOut = false;
  readonly #onExit = (): void => this.#writeNow();

  constructor(options: RecordOptions, session: Session) {
    this.folder = folderOf(options.folder ?? DEFAULT_FOLDER);
    this.#session = session;
    this.#maxFileBytes = wholeNumber('maxFileBytes', options.maxFileBytes ?? 8 * 1024 * 1024);
    this.#maxFiles = wholeNumber('maxFiles', options.maxFiles ?? 16);
    this.#onError = options.onError ?? ((error) => process.emitWarning(error));
    process.on('exit', this.#onExit);
  }

  write(line: string): void {
    if (this.#isFailed) return;
    if (this.#waitingUnits > MAX_WAITING) {
      if (!this.#isLeavingOut)
        this.#tell(`The disk of ${this.folder} is too slow for what is recorded: some of it is left out.`);
      this.#isLeavingOut = true;
      return;
    }
    this.#waiting.push(line);
    this.#waitingUnits += line.length;
    this.#writing ??= this.#writeAll();
  }

  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async stop(): Promise<void> {
    await this.flush();
    process.off('exit', this.#onExit);
    this.#isFailed = true;
    await this.#close();
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #writeAll(): Promise<void> {
    try {
      // What happens in one turn is one batch.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#waiting.length > 0) {
        if (this.#file !== undefined && (await isGone(this.#file))) await this.#close();
        this.#file ??= await this.#next();
        // Not before: what comes while the file is opened belongs to this batch, and is written at an exit meanwhile.
        const bytes = this.#taken();
        await append(this.#file, bytes);
        this.#bytes += bytes.length;
        if (this.#bytes >= this.#maxFileBytes) await this.#close();
      }
    } catch (cause) {
      this.#isFailed = true;
      this.#waiting = [];
      await this.#close().catch(() => undefined);
      this.#tell(
        `Runs are recorded no more: ${errorText(cause)}. See that ${this.folder} can be written to.`,
        cause,
      );
    } finally {
      this.#writing = undefined;
    }
  }

  /** The lines that wait, up to the bound of the file. */
  #taken(): Buffer {
    let count = 0;
    let units = 0;
    while (count < this.#waiting.length && (count === 0 || this.#bytes + units < this.#maxFileBytes))
      units += this.#waiting[count++]?.length ?? 0;
    this.#waitingUnits -= units;
    return Buffer.from(`${this.#waiting.splice(0, count).join('\n')}\n`);
  }

  async #next(): Promise<FileHandle> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const old = await recordingsBy(this.folder);
    const tooMany = old.slice(0, Math.max(old.length - this.#maxFiles + 1, 0));
    for (const path of tooMany) await rm(path, { force: true });
    const file = await open(this.#path(), 'ax', 0o600);
    const header = Buffer.from(`${this.#session.header}\n`);
    await append(file, header);
    this.#bytes = header.length;
    return file;
  }

  #path(): string {
    const stamp = new Date(this.#session.startedAt).toISOString().replaceAll(/[-:.]/g, '');
    const part = String(this.#part++).padStart(4, '0');
    return join(this.folder, `${stamp}-${this.#session.id}-${part}.jsonl`);
  }

  /** At the end of the process nothing is awaited any more. Its first file may not be there yet. */
  #writeNow(): void {
    if (this.#isFailed || this.#waiting.length === 0) return;
    try {
      let fd = this.#file?.fd;
      if (fd === undefined) {
        mkdirSync(this.folder, { recursive: true, mode: 0o700 });
        fd = openSync(this.#path(), 'ax', 0o600);
        appendFileSync(fd, `${this.#session.header}\n`);
      }
      appendFileSync(fd, `${this.#waiting.splice(0).join('\n')}\n`);
    } catch {
      // The process is at its end.
    }
  }

  #tell(message: string, cause?: unknown): void {
    const lost = (thrown: unknown): void =>
      process.emitWarning(`${message} onError threw as it was told: ${errorText(thrown)}`);
    try {
      heard(this.#onError(new MortiseError('configuration', message, { cause })), lost);
    } catch (thrown) {
      lost(thrown);
    }
  }
}

/** As one write, which is whole at an exit too: the runtime ends what is under way. */
async function append(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

/** Whether somebody took it away, such as another process that keeps its bound. */
async function isGone(file: FileHandle): Promise<boolean> {
  return (await file.stat()).nlink === 0;
}

/** Of recorders, and of nobody else: a folder may hold other JSON Lines. */
const OWN = /^\d{8}T\d{9}Z-[\w-]{12}-\d{4,}\.jsonl$/;

/** The paths of recordings, that which was not written to for longest first: names tell when their process began. */
async function recordingsBy(folder: string): Promise<string[]> {
  const paths = (await readdir(folder)).filter((name) => OWN.test(name)).map((name) => join(folder, name));
  const aged = await Promise.all(
    paths.map(async (path) => ({
      path,
      at: await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  return aged.toSorted((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1)).map(({ path }) => path);
}

export function isRecording(name: string): boolean {
  return name.endsWith('.jsonl');
}

function folderOf(folder: unknown): string {
  if (typeof folder === 'string' && folder !== '') return folder;
  throw new MortiseError('configuration', `folder is ${shown(folder)}; it is the path of a folder.`);
}
