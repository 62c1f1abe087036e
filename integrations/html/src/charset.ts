import { createTextDecoder } from '@mortise/core/reader';

/** How far a page is searched for what it says of its encoding. */
const HEAD = 65_536;
/** What is decoded at once. */
const PIECE = 262_144;

/** What a page says again and again is not looked at. */
const MAX_LABELS = 8;

/** What is known of bytes before they are text. */
export interface Encodings {
  /** For bytes that are not UTF-8, and do not say what they are. */
  readonly otherwise?: string | undefined;
}

/** The text of a page, in pieces; yields after each. */
export function* decodePieces(
  path: string,
  bytes: Uint8Array,
  { otherwise }: Encodings,
): Generator<void, string> {
  let encoding = utf16Of(bytes);
  // Bytes are hardly ever valid UTF-8 by chance, and what pages say of themselves is often wrong.
  if (encoding === undefined && !(yield* isNotAsciiButUtf8(bytes)))
    encoding = declaredEncoding(bytes) ?? otherwise;
  const decoder = createTextDecoder(path, encoding);
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += decoder.decode(bytes.subarray(at, at + PIECE));
    yield;
  }
  return text + decoder.end();
}

/** Whether there is a character beyond ASCII, and all is UTF-8. */
function* isNotAsciiButUtf8(bytes: Uint8Array): Generator<void, boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isAscii = true;
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      const { length } = decoder.decode(piece, { stream: true });
      isAscii &&= length === piece.length;
      yield;
    }
    decoder.decode();
    return !isAscii;
  } catch {
    return false;
  }
}

/** UTF-16 without a mark, by how a page begins. */
function utf16Of([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  return first === 0 && second === 0x3c && third === 0 && fourth !== 0 ? 'utf-16be' : undefined;
}

/** What the page says in a place that counts, if `TextDecoder` knows it; UTF-16 cannot be where that can be read. */
export function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, HEAD));
  return labelsIn(head)
    .map(knownEncoding)
    .find((encoding) => encoding !== undefined && !encoding.startsWith('utf-'));
}

/** By its name in the encoding standard; undefined for a label that it does not have. */
export function knownEncoding(label: string): string | undefined {
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch {
    return undefined;
  }
}

/** A comment, an element whose content is not markup, or a tag, as far as they stand in the head of a page. */
const TOKEN =
  /<!--|<(script|style|title|textarea|noscript|xmp|iframe)(?=[\s/>])|<meta(?=[\s/])|<body(?=[\s/>])/gi;

function labelsIn(head: string): string[] {
  const labels: string[] = [];
  const xml = /^\s{0,64}<\?xml\s[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,64})["']/.exec(head)?.[1];
  if (xml !== undefined) labels.push(xml);
  const lower = head.toLowerCase();
  const behind = (end: string, from: number) => {
    const at = lower.indexOf(end, from);
    return at < 0 ? head.length : at + end.length;
  };
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(head); found !== null; found = TOKEN.exec(head)) {
    const [token, raw] = found;
    const from = found.index + token.length;
    if (/^<body/i.test(token) || labels.length >= MAX_LABELS) break;
    if (token === '<!--') TOKEN.lastIndex = behind('-->', from);
    else if (raw !== undefined) TOKEN.lastIndex = behind(`</${raw.toLowerCase()}`, from);
    else {
      const { attributes, end } = attributesOf(head, from);
      TOKEN.lastIndex = end;
      const label = labelOf(attributes);
      if (label !== undefined) labels.push(label);
    }
  }
  return labels;
}

function labelOf(attributes: ReadonlyMap<string, string>): string | undefined {
  const charset = attributes.get('charset');
  if (charset !== undefined) return charset;
  if (attributes.get('http-equiv')?.trim().toLowerCase() !== 'content-type') return undefined;
  return /charset\s{0,9}=\s{0,9}["']?([^\s"';]{1,64})/i.exec(attributes.get('content') ?? '')?.[1];
}

/** Attributes of one tag that are looked at. */
const MAX_ATTRIBUTES = 64;

/** Of the tag that is open, the first of two; and how far it was read, as what stands in a tag begins none. */
function attributesOf(
  head: string,
  from: number,
): { readonly attributes: ReadonlyMap<string, string>; readonly end: number } {
  const attribute = /[\s/]*(?:(>)|([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?)/y;
  attribute.lastIndex = from;
  const attributes = new Map<string, string>();
  let end = from;
  for (let count = 0; count < MAX_ATTRIBUTES; count++) {
    const found = attribute.exec(head);
    if (found === null) break;
    end = attribute.lastIndex;
    const [, close, name = '', double, single, bare] = found;
    if (close !== undefined) break;
    if (!attributes.has(name.toLowerCase()))
      attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  }
  return { attributes, end };
}
