import { sha256Hex } from '../shared/hash.ts';
import { checkOptions, oneOf, wholeNumber } from '../shared/options.ts';
import type { CallIdFormat } from './tool-contract.ts';

/** Digits of the hash that keep two ids apart. */
const MARK = 8;
/** What every wire takes as it is. */
const PLAIN = /^[a-zA-Z0-9_-]{1,40}$/;
const FOREIGN: CallIdFormat = { maxLength: 40 };

/** Ids that need no owner to be sent anywhere but to servers with a narrow form. */
export function isPlainCallId(id: string): boolean {
  return PLAIN.test(id);
}

/** Throws `configuration`. */
export function checkedFormat(format: CallIdFormat | undefined): CallIdFormat | undefined {
  if (format === undefined) return undefined;
  const { characters, maxLength, length } = checkOptions(format, 'configuration');
  if (characters !== undefined) oneOf('callIds.characters', characters, ['word', 'alphanumeric']);
  if (maxLength !== undefined) wholeNumber('callIds.maxLength', maxLength, { least: MARK });
  if (length !== undefined) wholeNumber('callIds.length', length, { least: MARK, most: 40 });
  return format;
}

const OUTSIDE = { word: /[^a-zA-Z0-9_-]/g, alphanumeric: /[^a-zA-Z0-9]/g } as const;

/**
 * The id of a call as the server takes it: the same id gets the same new one in every request, so that a cached prompt
 * stays cached. The server's own ids go back as they came, whatever their form.
 */
export function fittedId(
  id: string,
  from: string | undefined,
  { owner, callIds }: { readonly owner: string; readonly callIds: CallIdFormat | undefined },
): string {
  const format = callIds ?? (from === undefined ? undefined : FOREIGN);
  if (from === owner || format === undefined) return id;
  const { characters = 'word', maxLength = 64, length } = format;
  const outside = OUTSIDE[characters];
  const fits = id !== '' && id.search(outside) < 0;
  if (fits && (length === undefined ? id.length <= maxLength : id.length === length)) return id;
  const hash = sha256Hex(id);
  // A hash alone where there is no room, in base 36, which says more in as many characters: 36^9 ids of nine.
  if (length !== undefined) return BigInt(`0x${hash}`).toString(36).padStart(length, '0').slice(0, length);
  const clean = id.slice(0, maxLength).replace(outside, characters === 'word' ? '_' : '');
  return clean.slice(0, maxLength - MARK) + hash.slice(0, MARK);
}
