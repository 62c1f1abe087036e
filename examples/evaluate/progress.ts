import type { WriteStream } from 'node:tty';

/** Shows how far a long step is. `cached` of `done` cost nothing. */
export type ShowProgress = (done: number, total: number, cached?: number) => void;

/** Milliseconds between two lines where nobody watches, and between two drawings where somebody does. */
const PLAIN = 15_000;
const DRAWN = 100;

/** One line that is drawn over in a terminal; elsewhere a line now and then, and one at the end. */
export function progress(label: string, stream: WriteStream = process.stderr): ShowProgress {
  let last = performance.now();
  return (done, total, cached = 0) => {
    const now = performance.now();
    if (done < total && now - last < (stream.isTTY ? DRAWN : PLAIN)) return;
    last = now;
    const known = cached > 0 ? `, ${cached} of them from the cache` : '';
    const line = `${label} ${done}/${total}${known}`;
    if (!stream.isTTY) stream.write(`${line}\n`);
    else stream.write(`\r\u001b[2K${line}${done < total ? '' : '\n'}`);
  };
}
