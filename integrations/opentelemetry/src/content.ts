import type { Attributes as EventAttributes, MortiseEvent } from '@mortise/core/events';
import { heard } from '@mortise/core/shared';
import * as names from './names.ts';
import { listOf, recordOf, textOf } from './read.ts';

/**
 * What becomes of each text that a span would hold: what it returns is recorded, and `undefined` leaves the text out. Gets the
 * texts of prompts, replies, arguments, results and errors one by one, and the names of members in arguments and results. What it throws leaves the text out too.
 */
export type Redact = (
  text: string,
  place: { readonly attribute: string; readonly event: string },
) => string | undefined;

export interface ContentOptions {
  /** Default: texts are recorded as they are. */
  redact?: Redact | undefined;
  /** Characters of one text, the rest is cut. Default: 16,384. */
  maxTextChars?: number | undefined;
  /** Characters of one attribute, as JSON. One that is longer is left out. Default: 262,144. */
  maxAttributeChars?: number | undefined;
}

/** A JSON text for each attribute that says what was said, by the event's own `content`. */
export interface ContentWriter {
  of(event: MortiseEvent): Readonly<Record<string, string | string[]>>;
  text(text: string, attribute: string, event: string): string | undefined;
}

export function contentWriter({
  redact = (text) => text,
  maxTextChars = 16_384,
  maxAttributeChars = 262_144,
}: ContentOptions): ContentWriter {
  function text(given: string, attribute: string, event: string): string | undefined {
    try {
      const kept = heard(redact(given, { attribute, event }));
      if (typeof kept !== 'string') return undefined;
      return kept.length > maxTextChars
        ? `${kept.slice(0, maxTextChars).toWellFormed()}…`
        : kept.toWellFormed();
    } catch {
      return undefined;
    }
  }

  /** Every text in it redacted; what is no JSON, such as a vector, is left out, and so is what cannot be read. */
  function clean(value: unknown, place: CleanPlace, depth = 0): unknown {
    // Each part is a character of the JSON text at least: what is beyond the bound is not looked at.
    if (--place.left < 0) return undefined;
    if (typeof value === 'string') {
      const kept = text(value, place.attribute, place.event);
      place.left -= kept?.length ?? 0;
      return kept;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'object' || depth > MAX_DEPTH || ArrayBuffer.isView(value)) return undefined;
    try {
      return Array.isArray(value) ? cleanList(value, place, depth) : cleanMembers(value, place, depth);
    } catch {
      return undefined;
    }
  }

  function cleanList(list: readonly unknown[], place: CleanPlace, depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const each of list) {
      if (place.left < 0) break;
      kept.push(clean(each, place, depth + 1) ?? null);
    }
    return kept;
  }

  function cleanMembers(value: object, place: CleanPlace, depth: number): unknown {
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      if (place.left < 0) break;
      // A map's keys are what somebody wrote as much as its values.
      const name = OF_SHAPES.has(key) ? key : text(key, place.attribute, place.event);
      if (name === undefined) continue;
      place.left -= name.length;
      const member = (value as Readonly<Record<string, unknown>>)[key];
      entries.push([name, clean(member, place, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  return {
    text,
    of(event) {
      const { content, name } = event;
      if (content === undefined) return {};
      const written: Record<string, string | string[]> = {};
      for (const [attribute, value] of Object.entries(readable(() => shaped(event, content)))) {
        if (value === undefined) continue;
        const place = { attribute, event: name, left: Math.max(maxAttributeChars, maxTextChars + 2) };
        const kept = clean(value, place);
        if (place.left < 0) continue;
        if (attribute === names.REQUEST_STOP_SEQUENCES)
          written[attribute] = listOf(kept).filter((each) => typeof each === 'string');
        else if (typeof kept === 'string') written[attribute] = kept;
        else if (kept !== undefined) {
          const json = JSON.stringify(kept);
          if (json.length <= maxAttributeChars) written[attribute] = json;
        }
      }
      return written;
    },
  };
}

const MAX_DEPTH = 32;

/** Where a value goes, and how many characters of it may. */
interface CleanPlace {
  readonly attribute: string;
  readonly event: string;
  left: number;
}

/** Names of members that the conventions' own shapes have, and JSON schemas: they are nobody's words. */
const OF_SHAPES: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...['role', 'parts', 'type', 'content', 'id', 'name', 'arguments', 'response', 'description', 'score'],
  ...['parameters', 'properties', 'required', 'items', 'enum'],
]);

function readable(read: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return read();
  } catch {
    return {};
  }
}

/** The content of an event in the shapes of the conventions. */
function shaped({ name, phase }: MortiseEvent, content: EventAttributes): Record<string, unknown> {
  const starts = phase === 'start';
  switch (name) {
    case 'llm.chat':
    case 'llm.complete':
      return starts
        ? {
            [names.INPUT_MESSAGES]: inputMessages(content['input']),
            [names.TOOL_DEFINITIONS]: toolDefinitions(content['tools']),
            [names.REQUEST_STOP_SEQUENCES]: content['stop'],
          }
        : { [names.OUTPUT_MESSAGES]: content['message'] && [messageOf(content['message'])] };
    case 'tool.execute':
    case 'mcp.serve':
      return starts
        ? {
            [names.TOOL_ARGUMENTS]: content['arguments'],
            [names.TOOL_DESCRIPTION]: content['description'],
          }
        : { [names.TOOL_RESULT]: content['result'] };
    case 'retriever.retrieve':
      return starts
        ? { [names.RETRIEVAL_QUERY]: queryText(content['query']) }
        : { [names.RETRIEVAL_DOCUMENTS]: listOf(content['nodes']).map(documentOf) };
    case 'query':
    case 'chat':
    case 'synthesize':
      return starts
        ? { [names.INPUT_MESSAGES]: saying('user', queryText(content['query'] ?? content['message'])) }
        : { [names.OUTPUT_MESSAGES]: saying('assistant', textOf(content['text'])) };
    case 'reranker.rerank':
    case 'postprocess':
      return starts ? { 'mortise.content.query': queryText(content['query']) } : {};
    case 'parser.parse':
      return { 'mortise.content.text': content['text'] };
    default:
      return {};
  }
}

function inputMessages(input: unknown): unknown {
  if (typeof input === 'string') return saying('user', input);
  const prompt = textOf(recordOf(input)['prompt']);
  return prompt === undefined ? listOf(input).map(messageOf) : saying('user', prompt);
}

function saying(role: string, text: string | undefined): unknown {
  return text === undefined ? undefined : [{ role, parts: [{ type: 'text', content: text }] }];
}

function messageOf(message: unknown): unknown {
  const { role, content } = recordOf(message);
  const parts = typeof content === 'string' ? [{ type: 'text', content }] : listOf(content).map(partOf);
  return { role: role === 'user' || role === 'system' || role === 'tool' ? role : 'assistant', parts };
}

/** Bytes of images, sounds and files are not in a span: how much there was of what is. */
function partOf(block: unknown): unknown {
  const known = recordOf(block);
  switch (known['type']) {
    case 'text':
      return { type: 'text', content: known['text'] };
    case 'reasoning':
      return { type: 'reasoning', content: known['text'] ?? '' };
    case 'tool-call':
      return { type: 'tool_call', id: known['id'], name: known['name'], arguments: known['arguments'] };
    case 'tool-result':
      return { type: 'tool_call_response', id: known['toolCallId'], response: resultOf(known['content']) };
    default:
      return { type: String(known['type']) };
  }
}

function resultOf(content: unknown): unknown {
  return Array.isArray(content) ? content.map(partOf) : content;
}

function toolDefinitions(tools: unknown): unknown {
  if (!Array.isArray(tools)) return undefined;
  return tools.map((tool) => ({ type: 'function', ...recordOf(tool) }));
}

function documentOf(found: unknown): unknown {
  const { node, score } = recordOf(found);
  return { id: recordOf(node)['id'], score };
}

function queryText(query: unknown): string | undefined {
  return textOf(query) ?? textOf(recordOf(query)['query']);
}
