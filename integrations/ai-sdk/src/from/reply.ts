import { toolCallBlock, type ChatStreamEvent, type CitationBlock, type ContentBlock } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { uniqueCallId } from '@mortise/core/wire';
import { isoOf, listOf, OURS, partOf, providerData, textOf, THEIRS, type Part } from '../read.ts';
import {
  addData,
  blockOf,
  citationOf,
  inputText,
  mediaBlock,
  ourFinish,
  ownBlock,
  wholeBlock,
  type Draft,
} from './blocks.ts';
import { finishFrom, ourUsage, usageFrom } from './usage.ts';

interface ReadingOptions {
  readonly isWhole?: boolean | undefined;
  /** The provider's word for an end that theirs has no word for. */
  readonly endWord?: string | undefined;
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
  /** The wire said an end that theirs has no word for. */
  isEnded = false;
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
  readonly #endWord: string | undefined;

  /** `isWhole`: the parts are those of a whole reply, where what is not known is a block. */
  constructor({ isWhole = false, endWord }: ReadingOptions = {}) {
    this.#isWhole = isWhole;
    this.#endWord = endWord;
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
      case 'raw':
        return this.#raw(part);
      case 'custom':
        // Anthropic's id, model and counts, which come as such too: no part of the reply.
        return part['kind'] === 'anthropic.message_start'
          ? []
          : this.#block(wholeBlock(part) ?? ownBlock(type, part));
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

  /** Google's name of the model that answered, which theirs does not hand on. */
  #raw(part: Part): ChatStreamEvent[] {
    const model = textOf(partOf(part['rawValue'])['modelVersion']);
    if (model !== undefined) this.#about.model ??= model;
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
    const ours = listOf(draft.data?.[OURS]?.['citations']).map((each): CitationBlock => ({
      ...each,
      type: 'citation',
    }));
    draft.citations =
      ours.length > 0
        ? ours
        : placed.map((citation, at) => citationOf(citation, raw.find((list) => at in list)?.[at]));
    // One that says nothing is no block: a provider may open a text that never comes.
    if (draft.index === undefined && draft.data === undefined && draft.citations.length === 0) return [];
    const index = this.#place(draft);
    const events: ChatStreamEvent[] = draft.citations.map((citation) => ({
      type: 'citation',
      index,
      citation,
    }));
    const whole = wholeBlock({ providerMetadata: draft.data });
    if (whole !== undefined) return [{ type: 'block', index, block: whole }];
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
    const finishReason =
      finishFrom(part['finishReason'], this.#endWord) ??
      (this.isEnded ? { unified: 'other', raw: '' } : undefined);
    const providerMetadata = providerData(part['providerMetadata']);
    const told = providerMetadata?.[OURS];
    const usage = ourUsage(told) ?? usageFrom(part['usage']);
    // Theirs says that nobody said the end. Without a `finish` core gives `stream-truncated`.
    if (finishReason === undefined) return [...open, ...cited, ...alone, { type: 'usage', usage }];
    return [
      ...open,
      ...cited,
      ...alone,
      {
        type: 'finish',
        finishReason: ourFinish(told) ?? finishReason,
        usage,
        ...this.#about,
        ...(providerMetadata && { providerMetadata }),
      },
    ];
  }

  /** A kind of a later release: kept as a block or an event of its own, and said once. */
  #stranger(type: string, part: Part): ChatStreamEvent[] {
    const own = ownBlock(type, part);
    const events: ChatStreamEvent[] = this.#isWhole ? this.#block(own) : [own];
    if (this.#unknown.has(type)) return events;
    this.#unknown.add(type);
    const message = `The model sent parts of a kind that is not known here: ${type}. They are kept as ai-sdk:${type}.`;
    return [{ type: 'warning', warning: { type: 'other', message } }, ...events];
  }
}
