import type { SseEvent } from '@mortise/core/wire';

/** A reader of events as an integration has it that does not use core's: it knows LF alone, and `event` and `data`. */
export class OwnEvents {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[] {
    const blocks = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const lines = block.split('\n');
      const data = valuesOf('data', lines);
      return data.length === 0
        ? []
        : [{ event: valuesOf('event', lines)[0] ?? 'message', data: data.join('\n') }];
    });
  }
}

function valuesOf(field: string, lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.startsWith(`${field}:`))
    .map((line) => line.slice(field.length + 1).replace(/^ /, ''));
}
