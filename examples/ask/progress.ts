import type { WriteStream } from 'node:tty';

/** Shows how far a long step is. `done` of `total`; the last call has them equal. */
export interface Progress {
  update(done: number, total: number): void;
  /** Takes the bar away, so that what follows begins on a clean line. */
  end(): void;
}

const WIDTH = 24;
/** Milliseconds. More often than this a terminal only flickers. */
const REDRAW = 60;

/** A bar where somebody watches; elsewhere one plain line, and only for a step that there is something to do in. */
export function progress(label: string, unit: string, stream: WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(label, unit, stream) : plain(label, unit, stream);
}

function bar(label: string, unit: string, stream: WriteStream): Progress {
  let drawn = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (total === 0 || (now - drawn < REDRAW && done < total)) return;
      drawn = now;
      const full = Math.round((WIDTH * done) / total);
      const line = `${label} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total} ${plural(unit, total)}`;
      // Cut, since a line that wraps cannot be drawn over.
      stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, (stream.columns || 80) - 1))}`);
    },
    end() {
      if (drawn > 0) stream.write('\r\u001b[2K');
      drawn = 0;
    },
  };
}

function plain(label: string, unit: string, stream: WriteStream): Progress {
  let said = false;
  return {
    update(_done, total) {
      if (!said && total > 0) stream.write(`${label} ${total} ${plural(unit, total)}\n`);
      said = true;
    },
    end: () => undefined,
  };
}

function plural(unit: string, count: number): string {
  return count === 1 ? unit : `${unit}s`;
}
