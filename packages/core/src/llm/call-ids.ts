import { sha256Hex } from '../shared/hash.ts';
import { checkOptions } from '../shared/inputs.ts';
import { oneOf, wholeNumber } from '../shared/options.ts';
import type { ChatMessage, ContentBlock } from './message-contract.ts';
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

interface Reader {
  readonly owner: string;
  readonly callIds: CallIdFormat | undefined;
}

/**
 * Calls and results with ids that the server takes: the same id gets the same new one in every request, so that a cached
 * prompt stays cached. The server's own ids go back as they came, whatever their form.
 */
export function fitCallIds(
  messages: readonly ChatMessage[],
  { owner, callIds }: Reader,
): readonly ChatMessage[] {
  const known = new Map<string, string>();
  const idFor = (id: string, from: string | undefined): string => {
    if (from === owner) return id;
    const format = callIds ?? (from === undefined ? undefined : FOREIGN);
    return format === undefined ? id : fitted(id, format);
  };
  const renamed = (block: ContentBlock): ContentBlock => {
    if (block.type === 'tool-call') {
      const call = block as { id: string; owner?: string };
      const id = idFor(call.id, call.owner);
      known.set(call.id, id);
      return id === call.id ? block : { ...block, id };
    }
    if (block.type !== 'tool-result') return block;
    const { toolCallId } = block as { toolCallId: string };
    const id = known.get(toolCallId) ?? idFor(toolCallId, undefined);
    return id === toolCallId ? block : { ...block, toolCallId: id };
  };
  return messages.map((message) => {
    if (typeof message.content === 'string') return message;
    const { content } = message;
    const changed = content.map(renamed);
    return changed.every((block, at) => block === content[at]) ? message : { ...message, content: changed };
  });
}

const OUTSIDE = { word: /[^a-zA-Z0-9_-]/g, alphanumeric: /[^a-zA-Z0-9]/g } as const;

function fitted(id: string, { characters = 'word', maxLength = 64, length }: CallIdFormat): string {
  const outside = OUTSIDE[characters];
  const fits = id !== '' && id.search(outside) < 0;
  if (fits && (length === undefined ? id.length <= maxLength : id.length === length)) return id;
  const hash = sha256Hex(id);
  // A hash alone where there is no room: 36^9 ids of nine characters.
  if (length !== undefined) return short(hash, length);
  const clean = id.slice(0, maxLength).replace(outside, characters === 'word' ? '_' : '');
  return clean.slice(0, Math.max(0, maxLength - MARK)) + hash.slice(0, Math.min(MARK, maxLength));
}

/** The hash in base 36, which says more in as many characters. */
function short(hash: string, length: number): string {
  return BigInt(`0x${hash}`).toString(36).padStart(length, '0').slice(0, length);
}
