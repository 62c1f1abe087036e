/** Opening quotes and what closes them: ' “ ‘ and, since some models turn them round, ” and ’. */
export const CLOSING: { [code: number]: number } = {
  0x27: 0x27,
  0x201c: 0x201d,
  0x2018: 0x2019,
  0x201d: 0x201d,
  0x2019: 0x2019,
};

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['none', null],
  ['null', null],
  ['nan', null],
  ['infinity', null],
  ['undefined', null],
]);

/** The value of a word of JSON, of Python, or of JavaScript, in any case. */
export function literalOf(word: string): boolean | null | undefined {
  const signed = word.startsWith('-') || word.startsWith('+');
  const name = (signed ? word.slice(1) : word).toLowerCase();
  return signed && name !== 'infinity' && name !== 'nan' ? undefined : LITERALS.get(name);
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** ASCII letters, `_`, `$`, and whatever is beyond ASCII. */
export function isName(code: number): boolean {
  const lower = code | 0x20;
  const letter = (lower >= 0x61 && lower <= 0x7a) || code === 0x5f || code === 0x24;
  return letter || (code > 0x7f && CLOSING[code] === undefined && !isOddBlank(code));
}

/** White space that JSON does not have. Some of it cannot be seen at all. */
export function isOddBlank(code: number): boolean {
  if (code < 0x80) return code === 0x0b || code === 0x0c;
  return (code >= 0x2000 && code <= 0x200b) || ODD_BLANKS.has(code);
}

const ODD_BLANKS: ReadonlySet<number> = new Set([
  0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff,
]);

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isNamePart(code: number): boolean {
  return isName(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
}

export function startsNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e;
}
