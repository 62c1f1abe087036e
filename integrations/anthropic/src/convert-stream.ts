import type { ChatStreamEvent, CitationBlock } from '@mortise/core';
import {
  eventJson,
  isObject,
  malformed,
  type About,
  type SseEvent,
  type StreamTranslator,
} from '@mortise/core/wire';
import {
  blockOf,
  fromBlock,
  fromCitation,
  fromStopReason,
  fromUsage,
  metadataOf,
  opaque,
} from './convert-response.ts';
import { errorFromBody } from './errors.ts';

type Raw = Record<string, unknown>;

/** A block in the making, as the API would have given it whole. */
interface Draft {
  readonly raw: Raw;
  /** Its place in `message.content`. */
  readonly index: number;
  /** Pieces of `input` as JSON text, of `thinking`, or of a text. */
  readonly pieces: string[];
  readonly citations: CitationBlock[];
  /** Something of a text was handed on: core then knows the block from its deltas. */
  told: boolean;
}

/**
 * The events of a streamed reply: https://platform.claude.com/docs/en/build-with-claude/streaming
 * Deltas are handed on as they come. Text blocks are put together by core; the others are finished here, by the same
 * function that reads a whole reply, since only here their signatures and original members are known.
 */
export function fromStream(about: About): StreamTranslator<ChatStreamEvent> {
  const message: Raw = {};
  const usage: Raw = {};
  const drafts = new Map<unknown, Draft>();
  let places = 0;
  let done = false;

  function push(event: SseEvent, out: ChatStreamEvent[]): void {
    // Sent to show that the connection is alive.
    if (event.event === 'ping') return;
    const data = eventJson(event, about);
    switch (data['type']) {
      case 'message_start':
        return start(data, out);
      case 'content_block_start':
        return open(data, out);
      case 'content_block_delta':
        return extend(draftOf(data), isObject(data['delta']) ? data['delta'] : {}, out);
      case 'content_block_stop':
        return close(data['index'], out);
      case 'message_delta':
        return update(data);
      case 'message_stop':
        return finish(out);
      case 'error':
        throw errorFromBody(data, about);
      default: // A later version's event.
    }
  }

  function start(data: Raw, out: ChatStreamEvent[]): void {
    if (!isObject(data['message'])) throw malformed('a message_start without a message', about);
    Object.assign(message, data['message']);
    const { id, model } = message;
    out.push({
      type: 'start',
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof model === 'string' ? { model } : {}),
    });
    if (addUsage(message['usage'])) out.push({ type: 'usage', usage: fromUsage({ ...usage }) });
  }

  function open(data: Raw, out: ChatStreamEvent[]): void {
    const raw = { ...blockOf(data['content_block'], about) };
    const draft: Draft = { raw, index: places++, pieces: [], citations: [], told: false };
    drafts.set(data['index'], draft);
    const { index } = draft;
    if (raw['type'] === 'text') {
      for (const citation of Array.isArray(raw['citations']) ? raw['citations'] : []) {
        extend(draft, { type: 'citations_delta', citation: citation as unknown }, out);
      }
      extend(draft, { type: 'text_delta', text: raw['text'] }, out);
    } else if (raw['type'] === 'thinking') {
      extend(draft, { type: 'thinking_delta', thinking: raw['thinking'] }, out);
    } else if (raw['type'] === 'tool_use') {
      out.push({ type: 'tool-call-start', index, id: String(raw['id']), name: String(raw['name']) });
      // The API starts from an empty object; some servers give the arguments here and send no delta.
      if (isObject(raw['input']) && Object.keys(raw['input']).length > 0) {
        extend(draft, { type: 'input_json_delta', partial_json: JSON.stringify(raw['input']) }, out);
      }
    }
  }

  function draftOf(data: Raw): Draft {
    const draft = drafts.get(data['index']);
    if (draft === undefined)
      throw malformed(`a piece of block ${String(data['index'])}, which is not open`, about);
    return draft;
  }

  function extend(draft: Draft, delta: Raw, out: ChatStreamEvent[]): void {
    const { raw, index, pieces } = draft;
    switch (delta['type']) {
      case 'text_delta':
        if (!isPiece(delta['text'])) return;
        draft.told = true;
        pieces.push(delta['text']);
        out.push({ type: 'text-delta', index, delta: delta['text'] });
        return;
      case 'citations_delta':
        if (!isObject(delta['citation'])) return;
        draft.told = true;
        draft.citations.push(fromCitation(delta['citation']));
        out.push({ type: 'citation', index, citation: fromCitation(delta['citation']) });
        return;
      case 'thinking_delta':
        if (!isPiece(delta['thinking'])) return;
        pieces.push(delta['thinking']);
        out.push({ type: 'reasoning-delta', index, delta: delta['thinking'] });
        return;
      case 'input_json_delta':
        if (!isPiece(delta['partial_json'])) return;
        pieces.push(delta['partial_json']);
        // A call that Anthropic runs itself is not the caller's to see in pieces.
        if (raw['type'] === 'tool_use')
          out.push({ type: 'tool-call-delta', index, delta: delta['partial_json'] });
        return;
      default: {
        // `signature_delta`, and those of later blocks, carry final values.
        const { type: _type, ...members } = delta;
        Object.assign(raw, members);
      }
    }
  }

  function close(at: unknown, out: ChatStreamEvent[]): void {
    const draft = drafts.get(at);
    if (draft === undefined) return;
    drafts.delete(at);
    const { raw, index, pieces } = draft;
    const text = pieces.join('');
    if (raw['type'] === 'text') {
      const own = opaque(raw, ['type', 'text', 'citations']);
      // Core knows the text and its citations from the deltas, but not what belongs to the server.
      if (draft.told && own.providerMetadata === undefined) return;
      const cited = draft.citations.length === 0 ? {} : { citations: draft.citations };
      out.push({ type: 'block', index, block: { type: 'text', text, ...cited, ...own } });
      return;
    }
    if (raw['type'] === 'thinking') raw['thinking'] = text;
    else if (raw['type'] === 'tool_use') raw['input'] = text;
    else if (text !== '') raw['input'] = parsed(text);
    out.push({ type: 'block', index, block: fromBlock(raw) });
  }

  function update(data: Raw): void {
    const { delta, usage: counts, type: _type, ...others } = data;
    for (const [name, value] of Object.entries({ ...others, ...(isObject(delta) ? delta : {}) })) {
      if (value != null) message[name] = value;
    }
    addUsage(counts);
  }

  function finish(out: ChatStreamEvent[]): void {
    for (const at of [...drafts.keys()]) close(at, out);
    done = true;
    const providerMetadata = metadataOf(message);
    out.push({
      type: 'finish',
      finishReason: fromStopReason(message['stop_reason']),
      usage: Object.keys(usage).length === 0 ? {} : fromUsage(usage),
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    });
  }

  /** L-02: the counts are cumulative and replace each other; one that is null says nothing. */
  function addUsage(counts: unknown): boolean {
    if (!isObject(counts)) return false;
    for (const [name, value] of Object.entries(counts)) if (value != null) usage[name] = value;
    return true;
  }

  return {
    push,
    get done() {
      return done;
    },
  };
}

function isPiece(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The input of a tool that ran at the provider; text that is no JSON stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
