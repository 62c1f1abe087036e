import { MortiseError } from '@mortise/core';
import type { ContentBlock, JsonObject, MediaSource, ToolCallBlock, ToolResultBlock } from '@mortise/core';
import { defined, isObject, shown } from '@mortise/core/shared';
import { OURS } from './chunks.ts';

/** A part of a UI message that has a type, with its place. Whatever else it has is unknown. */
export interface Part {
  readonly type: string;
  readonly at: string;
  readonly [member: string]: unknown;
}

export function unfit(at: string, problem: string): MortiseError {
  return new MortiseError('invalid-request', `${at} ${problem}.`);
}

export function textOf(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  throw unfit(at, `has ${shown(value)} where a text belongs`);
}

/** What a block had besides, as `toUIMessageStreamResponse` wrote it down; what providers of the AI SDK wrote stays theirs. */
export function opaque(providerMetadata: unknown): object {
  if (!isObject(providerMetadata)) return {};
  const { [OURS]: ours, ...theirs } = providerMetadata;
  const { id, signature, encrypted, owner, providerMetadata: own } = isObject(ours) ? ours : {};
  const all = { ...theirs, ...(isObject(own) ? own : {}) };
  const metadata = Object.keys(all).length === 0 ? undefined : all;
  return defined({ id, signature, encrypted, owner, providerMetadata: metadata });
}

/** A call inside an agent, which only its approval brought to the page. The agent's own call is the model's. */
export function isInside({ callProviderMetadata }: Part): boolean {
  const ours = isObject(callProviderMetadata) ? callProviderMetadata[OURS] : undefined;
  return isObject(ours) && ours['inside'] !== undefined;
}

/** A picture, a sound, a film, or a document. */
export function fileOf({ at, url, mediaType, filename, providerReference }: Part): ContentBlock {
  if (providerReference !== undefined)
    throw unfit(at, 'is a file at a provider, which no block of ours names');
  const media = textOf(mediaType, at);
  const source = sourceOf(textOf(url, at), media, at);
  const [kind] = media.split('/', 1);
  if (!('text' in source) && (kind === 'image' || kind === 'audio' || kind === 'video'))
    return { type: kind, source };
  return { type: 'document', source, ...(typeof filename === 'string' ? { title: filename } : {}) };
}

/** Files come as data URLs, or as links that the provider fetches. */
function sourceOf(url: string, mediaType: string, at: string): MediaSource | { text: string } {
  if (/^https?:\/\//i.test(url)) return { url, mediaType };
  const comma = url.indexOf(',');
  const head = url.slice(0, comma);
  if (comma === -1 || !/^data:/i.test(head)) throw unfit(at, 'has a URL that is neither http nor data');
  const data = url.slice(comma + 1);
  if (head.endsWith(';base64')) return { data, mediaType };
  try {
    return { text: decodeURIComponent(data) };
  } catch {
    throw unfit(at, 'has a data URL that cannot be read');
  }
}

/** A call and what came of it. A call that was cut, was not run or was not approved has a result that says so. */
export function toolOf(part: Part): { readonly call: ToolCallBlock; readonly result: ToolResultBlock } {
  const { at, type, toolCallId, toolName, input, rawInput, callProviderMetadata } = part;
  const name = textOf(type === 'dynamic-tool' ? toolName : type.slice('tool-'.length), at);
  const id = textOf(toolCallId, at);
  const given = typeof rawInput === 'string' ? rawInput : (input ?? rawInput ?? {});
  const written = typeof given === 'string' ? given : JSON.stringify(given);
  const cut = part['state'] === 'input-streaming';
  const call: ToolCallBlock = {
    type: 'tool-call',
    id,
    name,
    arguments: isObject(input) && !cut ? (input as JsonObject) : {},
    ...(isObject(input) && !cut ? {} : { invalid: true, argumentsText: written }),
    ...opaque(callProviderMetadata),
  };
  return { call, result: { type: 'tool-result', toolCallId: id, toolName: name, ...outcomeOf(part) } };
}

function outcomeOf({
  at,
  state,
  output,
  errorText,
  approval,
  preliminary,
}: Part): Pick<ToolResultBlock, 'content' | 'isError'> {
  const { approved, reason } = isObject(approval) ? approval : {};
  const failed = (content: string): { content: string; isError: true } => ({ content, isError: true });
  switch (state) {
    case 'output-available':
      if (preliminary === true) return failed('There is no result: the call was not run to its end.');
      return { content: typeof output === 'string' ? output : (JSON.stringify(output) ?? '') };
    case 'output-error':
      return failed(textOf(errorText, at));
    case 'input-streaming':
      return failed('The call was cut before its arguments were whole: it was not run.');
    case 'input-available':
      return failed('There is no result: the call was not run.');
    case 'approval-requested':
      return failed('The user has not answered whether the call may run: it was not run.');
    case 'approval-responded':
      if (approved === true) return failed('The user approved the call, and it was not run yet.');
      return failed(typeof reason === 'string' ? reason : 'The user did not approve this call.');
    case 'output-denied':
      return failed(typeof reason === 'string' ? reason : 'The user did not approve this call.');
    default:
      throw unfit(at, `has the state ${shown(state)}, which is not known`);
  }
}
