import { readRecording, type Recording, type RecordingLine } from '../src/format.ts';
import { NO_SESSION, RunBook, type Place, type Run } from '../src/runs.ts';

/** What the server says of itself. */
export interface About {
  /** Whether this process shows its content; absent for recordings. */
  readonly content?: boolean;
  /** What is recorded or shown from there. */
  readonly folder?: string;
  readonly path?: string;
}

export interface Snapshot {
  readonly runs: readonly Run[];
  readonly connection: 'connecting' | 'live' | 'lost' | 'refused';
  readonly about: About;
  /** Lines that could not be read. */
  readonly unreadable: number;
}

/** The page's runs: those of the server, as they come, and those of files that were opened. */
export class RunSource {
  readonly #token: string;
  readonly #book = new RunBook();
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot = { runs: [], connection: 'connecting', about: {}, unreadable: 0 };
  #isPlanned = false;
  #next = 0;
  #opened = 0;
  readonly #place: Place = { session: NO_SESSION };

  constructor(token: string) {
    this.#token = token;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.#snapshot;

  /** Reads what the server has and what comes, for as long as the page lives; goes on where it was cut. */
  async listen(): Promise<void> {
    for (;;) {
      try {
        await this.#stream();
      } catch {
        // Told below: the application has ended, or was started anew.
      }
      if (this.#snapshot.connection === 'refused') return;
      this.#change({ connection: 'lost' });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }

  /** Adds the runs of a file. */
  open(text: string): Recording {
    const recording = readRecording(text);
    const number = ++this.#opened;
    // What was exported here is opened beside what it was made of.
    const own = recording.lines.map((line): RecordingLine =>
      'format' in line ? { ...line, session: `file ${number} ${line.session}` } : line,
    );
    this.#book.add(own, { session: { ...NO_SESSION, session: `file ${number}` } });
    this.#plan();
    return recording;
  }

  async #stream(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const about = await fetch('/api/about', { headers });
    if (!about.ok) return this.#change({ connection: 'refused' });
    this.#change({ about: (await about.json()) as About });
    const { body } = await fetch(`/api/lines?from=${this.#next}`, { headers });
    if (body === null) return;
    let rest = '';
    // Not `for await`, which not every browser has for streams.
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const whole = rest + next.value;
      const end = whole.lastIndexOf('\n') + 1;
      rest = whole.slice(end);
      if (end > 0) this.#take(whole.slice(0, end));
    }
  }

  #take(text: string): void {
    // `{"next":12}` is no line of a recording.
    const lines = text.replaceAll(/^\{"next":(\d+)\}\n/gm, (_, next: string) => {
      this.#next = Number(next);
      return '';
    });
    const recording = readRecording(lines);
    this.#book.add(recording.lines, this.#place);
    const unreadable = this.#snapshot.unreadable + recording.unreadable;
    if (this.#snapshot.connection !== 'live' || unreadable !== this.#snapshot.unreadable)
      this.#change({ connection: 'live', unreadable });
    if (recording.lines.length > 0) this.#plan();
  }

  #change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  /** Once a tenth of a second: events may come by the thousand. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      this.#change({ runs: this.#book.runs() });
    }, 100);
  }
}
