import {
  toolCallBlock,
  type ChatStreamEvent,
  type CitationBlock,
  type ContentBlock,
  type MediaSource,
} from '@mortise/core';
import { defined, isObject, type JsonObject } from '@mortise/core/shared';
import { uniqueCallId } from '@mortise/core/wire';
import { isoOf, jsonOf, listOf, partOf, providerData, textOf, THEIRS, type Part } from '../read.ts';
import { finishFrom, usageFrom } from './usage.ts';

type Data = { [provider: string]: JsonObject };

/** A text or reasoning in the making. */
interface Draft {
  readonly kind: 'text' | 'reasoning';
  index: number | undefined;
  readonly pieces: string[];
  citations: CitationBlock[];
  data: Data | undefined;
}

interface Call {
  readonly index: number;
  readonly pieces: string[];
  readonly isOurs: boolean;
}

/**
 * The parts of a stream of theirs as events of ours: a state machine without I/O. The parts of a whole reply go through it
 * too, so that both come to the same.
 */
export class ReplyReader {
  /** The end was said; nothing follows. */
  done = false;
  #next = 0;
  #hasStarted = false;
  #about: { id?: string; model?: string; createdAt?: string } = {};
  readonly #drafts = new Map<string, Draft>();
  readonly #calls = new Map<string, Call>();
  #lastText: Draft | undefined;
  /** Sources that no text has yet. */
  #sources: CitationBlock[] = [];
  readonly #unknown = new Set<string>();
  readonly #isWhole: boolean;

  /** `isWhole`: the parts are those of a whole reply, where what is not known is a block. */
  constructor({ isWhole = false }: { readonly isWhole?: boolean } = {}) {
    this.#isWhole = isWhole;
  }

  push(part: Part): ChatStreamEvent[] {
    const type = textOf(part['type']) ?? '';
    const events = this.#of(type, part);
    if (this.#hasStarted || events.every(({ type }) => type === 'warning')) return events;
    this.#hasStarted = true;
    return [{ type: 'start', ...this.#about }, ...events];
  }

  #of(type: string, part: Part): ChatStreamEvent[] {
    const id = textOf(part['id']) ?? '';
    switch (type) {
      case 'stream-start':
      case 'ping':
        return [];
      case 'response-metadata':
        return this.#metadata(part);
      case 'text-start':
      case 'reasoning-start':
        this.#open(type === 'text-start' ? 'text' : 'reasoning', id, part);
        return [];
      case 'text-delta':
      case 'reasoning-delta':
        return this.#delta(type === 'text-delta' ? 'text' : 'reasoning', id, part);
      case 'text-end':
      case 'reasoning-end':
        return this.#end(type === 'text-end' ? 'text' : 'reasoning', id, part);
      case 'tool-input-start':
        return this.#callStart(id, part);
      case 'tool-input-delta':
        return this.#callDelta(id, textOf(part['delta']) ?? '');
      case 'tool-input-end':
        return [];
      case 'tool-call':
        return this.#call(part);
      case 'tool-result':
        return this.#result(part);
      case 'file':
        return this.#block(mediaBlock(part));
      case 'source':
        return this.#source(part);
      case 'custom':
      case 'reasoning-file':
      case 'tool-approval-request':
        return this.#block(ownBlock(type, part));
      case 'finish':
        return this.#finish(part);
      default:
        return this.#stranger(type, part);
    }
  }

  #metadata(part: Part): ChatStreamEvent[] {
    const { id, modelId, timestamp } = part;
    const model = textOf(modelId);
    Object.assign(this.#about, defined({ id: textOf(id), model, createdAt: isoOf(timestamp) }));
    return [];
  }

  #open(kind: Draft['kind'], id: string, part: Part): Draft {
    const draft: Draft = { kind, index: undefined, pieces: [], citations: [], data: undefined };
    draft.data = providerData(part['providerMetadata']);
    this.#drafts.set(`${kind} ${id}`, draft);
    return draft;
  }

  #delta(kind: Draft['kind'], id: string, part: Part): ChatStreamEvent[] {
    const draft = this.#drafts.get(`${kind} ${id}`) ?? this.#open(kind, id, {});
    addData(draft, part);
    const delta = textOf(part['delta']) ?? '';
    if (delta === '') return [];
    draft.pieces.push(delta);
    return [{ type: `${kind}-delta`, index: this.#place(draft), delta }];
  }

  #place(draft: Draft): number {
    if (draft.kind === 'text') this.#lastText = draft;
    return (draft.index ??= this.#next++);
  }

  #end(kind: Draft['kind'], id: string, part: Part): ChatStreamEvent[] {
    const draft = this.#drafts.get(`${kind} ${id}`);
    if (draft === undefined) return [];
    this.#drafts.delete(`${kind} ${id}`);
    addData(draft, part);
    const placed = listOf(part['citations']);
    const raw = Object.values(draft.data ?? {}).map(({ citations }) => listOf(citations));
    draft.citations = placed.map((citation, at) =>
      citationOf(citation, raw.find((list) => at in list)?.[at]),
    );
    // One that says nothing is no block: a provider may open a text that never comes.
    if (draft.index === undefined && draft.data === undefined && draft.citations.length === 0) return [];
    const index = this.#place(draft);
    const events: ChatStreamEvent[] = draft.citations.map((citation) => ({
      type: 'citation',
      index,
      citation,
    }));
    if (kind === 'text') events.push(...this.#cite(draft, index));
    return [...events, { type: 'block', index, block: blockOf(draft) }];
  }

  /** The sources that came without a place go to the text that they stand beside. */
  #cite(draft: Draft, index: number): ChatStreamEvent[] {
    const isKnown = (source: CitationBlock): boolean =>
      draft.citations.some(({ url, title }) => (source.url ?? source.title) === (url ?? title));
    const added = this.#sources.filter((source) => !isKnown(source));
    this.#sources = [];
    draft.citations = [...draft.citations, ...added];
    return added.map((citation) => ({ type: 'citation', index, citation }));
  }

  #source(part: Part): ChatStreamEvent[] {
    this.#sources.push(citationOf({ source: part }));
    const text = this.#lastText;
    const isOpen = [...this.#drafts.values()].some(({ kind }) => kind === 'text');
    if (text?.index === undefined || isOpen) return [];
    const events = this.#cite(text, text.index);
    return events.length === 0 ? [] : [...events, { type: 'block', index: text.index, block: blockOf(text) }];
  }

  #callStart(id: string, part: Part): ChatStreamEvent[] {
    const isOurs = part['providerExecuted'] !== true;
    const call: Call = {
      index: this.#next++,
      pieces: [],
      isOurs: isOurs && part['inputEncoding'] !== 'text',
    };
    this.#calls.set(id, call);
    const name = textOf(part['toolName']) ?? '';
    if (isOurs) return [{ type: 'tool-call-start', index: call.index, id, name }];
    return [{ type: 'ai-sdk:tool-input-start', index: call.index, id, name }];
  }

  #callDelta(id: string, delta: string): ChatStreamEvent[] {
    const call = this.#calls.get(id);
    if (call === undefined || delta === '') return [];
    // What is not the text of the arguments' JSON is no delta of ours.
    if (!call.isOurs) return [{ type: 'ai-sdk:tool-input-delta', index: call.index, id, delta }];
    return [{ type: 'tool-call-delta', index: call.index, delta }];
  }

  #call(part: Part): ChatStreamEvent[] {
    const given = textOf(part['toolCallId']) ?? '';
    const known = this.#calls.get(given);
    this.#calls.delete(given);
    const index = known?.index ?? this.#next++;
    // It ran, or runs, at the provider: who finds it among the calls would run it again.
    if (part['providerExecuted'] === true)
      return [{ type: 'block', index, block: ownBlock('tool-call', part) }];
    const id = given === '' ? uniqueCallId() : given;
    const name = textOf(part['toolName']) ?? '';
    const input = inputText(part['input']);
    const data = providerData(part['providerMetadata']);
    const flags = part['dynamic'] === true ? { [THEIRS]: { ...data?.[THEIRS], dynamic: true } } : {};
    const providerMetadata = { ...data, ...flags };
    const isTold = Object.keys(providerMetadata).length > 0;
    const block = { ...toolCallBlock(id, name, input), ...(isTold ? { providerMetadata } : {}) };
    const whole: ChatStreamEvent[] =
      known === undefined
        ? [
            { type: 'tool-call-start', index, id, name },
            { type: 'tool-call-delta', index, delta: input },
          ]
        : [];
    return [...whole, { type: 'block', index, block }];
  }

  #result(part: Part): ChatStreamEvent[] {
    const block = ownBlock('tool-result', part);
    // A state on the way to the result.
    if (part['preliminary'] === true) return [{ type: 'ai-sdk:tool-result', value: block['value'] }];
    return this.#block(block);
  }

  #block(block: ContentBlock): ChatStreamEvent[] {
    return [{ type: 'block', index: this.#next++, block }];
  }

  #finish(part: Part): ChatStreamEvent[] {
    this.done = true;
    const open = [...this.#drafts].flatMap(([key, { kind }]) =>
      this.#end(kind, key.slice(kind.length + 1), {}),
    );
    const text = this.#lastText;
    const cited = text?.index === undefined ? [] : this.#cite(text, text.index);
    if (text?.index !== undefined && cited.length > 0)
      cited.push({ type: 'block', index: text.index, block: blockOf(text) });
    const alone = this.#sources.splice(0).flatMap((source) => this.#block(source));
    const finishReason = finishFrom(part['finishReason']);
    const usage = usageFrom(part['usage']);
    const providerMetadata = providerData(part['providerMetadata']);
    // Theirs says that nobody said the end. Without a `finish` core gives `stream-truncated`.
    if (finishReason === undefined) return [...open, ...cited, ...alone, { type: 'usage', usage }];
    return [
      ...open,
      ...cited,
      ...alone,
      { type: 'finish', finishReason, usage, ...this.#about, ...(providerMetadata && { providerMetadata }) },
    ];
  }

  /** A kind of a later release: kept as a block or an event of its own, and said once. */
  #stranger(type: string, part: Part): ChatStreamEvent[] {
    const own = ownBlock(type, part);
    const events: ChatStreamEvent[] = this.#isWhole ? this.#block(own) : [own];
    if (type === 'raw' || this.#unknown.has(type)) return events;
    this.#unknown.add(type);
    const message = `The model sent parts of a kind that is not known here: ${type}. They are kept as ai-sdk:${type}.`;
    return [{ type: 'warning', warning: { type: 'other', message } }, ...events];
  }
}

function addData(draft: Draft, part: Part): void {
  const data = providerData(part['providerMetadata']);
  if (data !== undefined) draft.data = { ...draft.data, ...data };
}

function blockOf({ kind, pieces, citations, data }: Draft): ContentBlock {
  const text = pieces.join('');
  const providerMetadata = data;
  if (kind === 'text') {
    const all = citations.length === 0 ? undefined : citations;
    return defined({ type: 'text' as const, text, citations: all, providerMetadata });
  }
  const opaque = Object.values(data ?? {});
  const found = (...names: string[]): string | undefined =>
    opaque.flatMap((of) => names.flatMap((name) => textOf(of[name]) ?? []))[0];
  return defined({
    type: 'reasoning' as const,
    text,
    id: found('itemId'),
    signature: found('signature', 'thoughtSignature'),
    encrypted: found('encrypted', 'redactedData', 'reasoningEncryptedContent'),
    providerMetadata,
  });
}

/** A block of a part that is theirs alone. */
interface OwnBlock {
  type: `ai-sdk:${string}`;
  value: JsonObject;
  [member: string]: unknown;
}

/** A part that is theirs alone: it goes back to their model as it came. */
export function ownBlock(type: string, part: Part): OwnBlock {
  return { type: `ai-sdk:${type}`, value: jsonOf(part) ?? {} };
}

function inputText(input: unknown): string {
  return typeof input === 'string' ? input : input === undefined ? '' : JSON.stringify(input);
}

function mediaBlock(part: Part): ContentBlock {
  const mediaType = textOf(part['mediaType']) ?? 'application/octet-stream';
  const source = mediaSource(part['data'], mediaType);
  if (source === undefined) return ownBlock('file', part);
  const kind = mediaType.split('/', 1)[0] ?? '';
  const type = kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
  return defined({ type, source, providerMetadata: providerData(part['providerMetadata']) });
}

function mediaSource(data: unknown, mediaType: string): MediaSource | undefined {
  if ((typeof data === 'string' && data !== '') || data instanceof Uint8Array) return { data, mediaType };
  if (!isObject(data)) return undefined;
  if (data['type'] === 'url') {
    const { url, originalUrl } = data;
    const address = textOf(originalUrl) ?? (url instanceof URL ? url.href : textOf(url));
    return address === undefined ? undefined : { url: address, mediaType };
  }
  return data['type'] === 'data' ? mediaSource(data['data'], mediaType) : undefined;
}

/** `raw` is the provider's own, where the text has it. */
function citationOf(citation: Part, raw: Part = {}): CitationBlock {
  const source = partOf(citation['source']);
  const data = providerData(source['providerMetadata']);
  const place = (name: string): number | undefined =>
    typeof citation[name] === 'number' ? citation[name] : undefined;
  const quoted = Object.values(data ?? {}).flatMap(({ citedText }) => textOf(citedText) ?? [])[0];
  const index = raw['document_index'];
  return defined({
    type: 'citation' as const,
    url: textOf(source['url']),
    title: textOf(source['title']),
    quote: textOf(citation['citedText']) ?? quoted,
    source: typeof index === 'number' ? index : textOf(source['filename']),
    start: place('startIndex'),
    end: place('endIndex'),
    providerMetadata: data,
  });
}
