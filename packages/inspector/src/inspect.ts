import type { MortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { Follower } from './follow.ts';
import { LineLog } from './line-log.ts';
import { newSession, RunWriter, type RecordingBounds } from './recorder.ts';
import { eventLine } from './records.ts';
import { serveInspector } from './serve.ts';

/** What is shown, to whom, and what is kept. */
export interface InspectOptions extends RecordingBounds {
  /**
   * Show what is private too: prompts, replies, queries, sources, arguments and results of tools, and the words of errors that are
   * not Mortise's own. Default: false.
   */
  content?: boolean | undefined;
  /** The port of 127.0.0.1; 0 takes any that is free. Default: 0. */
  port?: number | undefined;
  /** Keep the runs there, as JSON Lines, and show those that are there. Default: nothing is kept. */
  folder?: string | undefined;
  /** Bytes of lines that are held for pages; the oldest go. Default: 64 MiB. */
  maxBytes?: number | undefined;
  /** Let the process live until `stop()`, so that a program that has ended can still be looked at. Default: false. */
  hold?: boolean | undefined;
  /** Told once, when the disk fails and nothing is kept any more. Default: a warning of the process. */
  onError?: ((error: MortiseError) => void) | undefined;
  /** Stops the inspector when it aborts. */
  signal?: AbortSignal | undefined;
}

/** A page that shows what happens in this process. */
export interface Inspector {
  /** `http://127.0.0.1:PORT/#TOKEN`: who has it sees everything that is shown. */
  readonly url: string;
  /** Watches no more, closes the page's server and the files. */
  stop(): Promise<void>;
}

/**
 * Opens a page on 127.0.0.1 that shows every operation of this process as it happens. It shows from now on, so call it before the
 * first. Throws `configuration` for a port that is taken or bounds that are none, and the reason of an aborted `signal`.
 *
 * ```ts
 * const inspector = await inspect({ content: true });
 * console.error(inspector.url);
 * ```
 */
export async function inspect(given: InspectOptions = {}): Promise<Inspector> {
  const options = checkOptions(given, 'configuration');
  const { port = 0, folder, maxBytes = 64 * 1024 * 1024, hold = false, signal } = options;
  signal?.throwIfAborted();
  // Consent is `true`, and nothing else that a program may take for it.
  const content = options.content === true;
  wholeNumber('port', port, { least: 0, most: 65_535 });
  wholeNumber('maxBytes', maxBytes);
  const log = new LineLog(maxBytes);
  const session = newSession(content);
  const writer = folder === undefined ? undefined : new RunWriter({ ...options, folder }, session);
  try {
    // What is there already; a folder that is not there yet holds nothing.
    if (folder !== undefined)
      await new Follower(folder, log).read(signal).catch(() => signal?.throwIfAborted());
    const serving = await serveInspector({ log, port, hold, about: { content, folder } });
    const unsubscribe = subscribe(
      (event) => {
        const line = eventLine(event, content);
        log.append(session.header, line);
        writer?.write(line);
      },
      { captureContent: content },
    );
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> =>
      (stopped ??= (async () => {
        unsubscribe();
        signal?.removeEventListener('abort', onAbort);
        await serving.stop();
        await writer?.stop();
      })());
    const onAbort = (): void => void stop();
    if (signal?.aborted === true) await stop();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', onAbort, { once: true });
    return { url: serving.url, stop };
  } catch (error) {
    await writer?.stop();
    throw error;
  }
}
