import type { ContentBlock, ReasoningBlock, ToolCallBlock } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { objectsOf, stringOf, type WireAbout, type WireBody } from './convert.ts';

/*
 * What servers put into messages and calls besides what OpenAI documents, and want back: Gemini's signatures
 * (`tool_calls[].extra_content`), OpenRouter's `reasoning_details`, Mistral's `thinking` parts, and what comes tomorrow.
 */

/** Members of a message or a delta that blocks are made of. */
const OF_MESSAGE: ReadonlySet<string> = new Set([
  ...['role', 'content', 'name', 'refusal', 'annotations', 'audio', 'tool_calls', 'function_call'],
  ...['reasoning_content', 'reasoning', 'reasoning_details'],
]);
const OF_CALL: ReadonlySet<string> = new Set(['id', 'type', 'index', 'function', 'custom']);
const OF_FUNCTION: ReadonlySet<string> = new Set(['name', 'arguments']);
const OF_THINKING: ReadonlySet<string> = new Set(['type', 'thinking']);

/** What a message or a delta says besides its known members; undefined where that is nothing. */
export function opaqueMembers(message: WireBody): WireBody | undefined {
  return besides(message, OF_MESSAGE);
}

/** What a call says besides id, name and arguments. */
export function opaqueOfCall(call: WireBody): WireBody | undefined {
  const rest = besides(call, OF_CALL);
  const called = isObject(call['function']) ? besides(call['function'], OF_FUNCTION) : undefined;
  return called === undefined ? rest : { ...rest, function: called };
}

function besides(object: WireBody, known: ReadonlySet<string>): WireBody | undefined {
  let rest: [name: string, value: unknown][] | undefined;
  // A loop over names without an array of them: this runs for every token.
  for (const name in object)
    if (!known.has(name) && !isNothing(object[name])) (rest ??= []).push([name, object[name]]);
  return rest && Object.fromEntries(rest);
}

/** Whether a delta says nothing besides its content, as nearly every token's: seldom more than two names are looked at. */
export function isContentAlone(delta: WireBody): boolean {
  for (const name in delta)
    if (name !== 'content' && name !== 'role' && !isNothing(delta[name])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}

/** A later delta over an earlier one: objects by their members, strings as pieces unless they repeat, else the last. */
export function addMembers(known: WireBody, delta: WireBody): WireBody {
  const entries = Object.entries(delta).map(([name, piece]): [string, unknown] => {
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    if (typeof before === 'string' && typeof piece === 'string')
      return [name, before === piece ? before : before + piece];
    return [name, isObject(before) && isObject(piece) ? addMembers(before, piece) : piece];
  });
  return { ...known, ...Object.fromEntries(entries) };
}

/** The block that brings a message's own members back to their server. */
export function messageBlock(members: WireBody, about: WireAbout): ContentBlock {
  return { type: `${about.provider}:message`, item: members };
}

export function withMembers(
  block: ToolCallBlock,
  members: WireBody | undefined,
  about: WireAbout,
): ToolCallBlock {
  return members === undefined ? block : { ...block, providerMetadata: { [about.provider]: members } };
}

/** A string, or the texts of parts: what many servers have where OpenAI has a string. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsOf(content)
    .map(({ text }) => stringOf(text) ?? '')
    .join('');
}

export function thinkingMembers(part: WireBody): WireBody {
  return besides(part, OF_THINKING) ?? {};
}

export function thinkingBlock(text: string, part: WireBody, about: WireAbout): ReasoningBlock {
  return { type: 'reasoning', text, providerMetadata: { [about.provider]: { part } } };
}

/** A part of the content that is neither text nor thinking, kept for its server. */
export function partBlock(part: WireBody, about: WireAbout): ContentBlock {
  return { type: `${about.provider}:${stringOf(part['type']) ?? 'part'}`, item: part, part: true };
}

/** What OpenRouter's details say to a reader. */
export function detailsText(details: readonly WireBody[]): string {
  return details.map(({ text, summary }) => stringOf(text) ?? stringOf(summary) ?? '').join('');
}

/** Details of a stream: pieces of one entry follow one another, and come to that entry again. */
export function addDetails(known: WireBody[], delta: unknown): void {
  for (const piece of objectsOf(delta)) {
    const last = known.at(-1);
    const continues =
      last !== undefined &&
      last['type'] === piece['type'] &&
      last['index'] === piece['index'] &&
      last['id'] === piece['id'];
    if (!continues) {
      known.push({ ...piece });
      continue;
    }
    for (const [name, value] of Object.entries(piece)) {
      if (value === null) continue;
      const before = last[name];
      const grows = PIECES.has(name) && typeof before === 'string' && typeof value === 'string';
      last[name] = grows ? before + value : value;
    }
  }
}

const PIECES: ReadonlySet<string> = new Set(['text', 'summary', 'data']);
