import { MortiseError } from '../errors.ts';

/**
 * Bytes as text: UTF-8, or UTF-16 where a byte order mark says so, without the mark. Anything else is refused (`parse`,
 * naming the item) rather than garbled. Another `encoding` is one that `TextDecoder` knows, for text that says it itself;
 * a mark outweighs it.
 */
export function decodeText(item: string, bytes: Uint8Array, encoding?: string): string {
  const decoder = createTextDecoder(item, encoding);
  return decoder.decode(bytes) + decoder.end();
}

/** The same piece by piece: a piece may end within a character. */
export interface PieceDecoder {
  decode(piece: Uint8Array): string;
  /** Refuses what ends within a character. */
  end(): string;
}

/** `decodeText` for what comes in pieces. */
export function createTextDecoder(item: string, encoding = 'utf-8'): PieceDecoder {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let head: Uint8Array = new Uint8Array();
  const run = (bytes: Uint8Array | undefined): string => {
    decoder ??= new TextDecoder(encodingOf(head, encoding), { fatal: true });
    let text: string;
    try {
      text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw notText(item, decoder.encoding, cause);
    }
    if (text.includes('\0')) throw notText(item, decoder.encoding);
    return decoder.encoding === 'windows-1252' ? text.replace(CONTROLS, printable) : text;
  };
  return {
    decode(piece) {
      if (decoder !== undefined) return run(piece);
      // Three bytes are needed to see a mark.
      const joined = new Uint8Array(head.length + piece.length);
      joined.set(head);
      joined.set(piece, head.length);
      head = joined;
      return head.length < 3 ? '' : run(head);
    },
    end: () => (decoder === undefined && head.length > 0 ? run(head) : '') + run(undefined),
  };
}

function encodingOf([first, second, third]: Uint8Array, otherwise: string): string {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : otherwise;
}

const CONTROLS = /[\u0080-\u009f]/g;
/** What windows-1252 has at 0x80 to 0x9f, by the encoding standard; at five places the control character itself. */
const PRINTABLE = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Node 22.13 to 24.6 decode windows-1252 as ISO-8859-1, which has controls there (nodejs/node#56542). */
const printable = (control: string): string => PRINTABLE.charAt(control.charCodeAt(0) - 0x80);

function notText(item: string, encoding: string, cause?: unknown): MortiseError {
  const message = `${item} cannot be read: it is not text in ${encoding}. Save it as UTF-8, or leave it out.`;
  return new MortiseError('parse', message, { cause });
}
