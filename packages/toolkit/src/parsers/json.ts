import { checkOptions, heard } from '@mortise/core/shared';
import type { JsonValue } from '@mortise/core/shared';
import {
  BaseOutputParser,
  type ParseOptions,
  type ValuePath,
  parserError,
  pathText,
  type ParserError,
} from '@mortise/core/parser';
import { IncrementalJson } from '../json/incremental-json.ts';
import {
  checkJsonOptions,
  DEFAULT_MAX_DEPTH,
  type IncrementalJsonOptions,
  type JsonFailure,
} from '../json/json-options.ts';
import { AT_ONCE, readInSlices } from '../json/slices.ts';
import type { JsonRepair } from '../json/json-repair.ts';

export interface JsonParserOptions extends IncrementalJsonOptions {
  /** Called once for a value that had to be mended, before it is given. */
  onRepair?: ((repairs: readonly JsonRepair[]) => void) | undefined;
}

/** The first complete JSON value of a reply, in fences or prose too, unvalidated. For a typed one: `SchemaParser`. */
export class JsonParser extends BaseOutputParser<JsonValue, JsonValue> {
  readonly #options: JsonParserOptions;

  constructor(given: JsonParserOptions = {}) {
    super();
    const options = checkOptions(given, 'configuration');
    checkJsonOptions(options);
    this.#options = options;
  }

  override get name(): string {
    return 'JsonParser';
  }

  override instructions(): string {
    return 'Answer with one JSON value and nothing else: no prose, no code fence.';
  }

  doParse(text: string, { signal }: ParseOptions = {}): JsonValue | Promise<JsonValue> {
    return jsonOf(text, this.#options, signal);
  }

  override doStream(chunks: AsyncIterable<string>): AsyncIterable<JsonValue> {
    return streamJson(chunks, this.#options);
  }
}

/**
 * The first complete JSON value of `text`, or a `ParserError` of code `parse`. A long text is read in slices, so that others
 * have their turn.
 */
export function jsonOf(
  text: string,
  options: JsonParserOptions,
  signal?: AbortSignal,
): JsonValue | Promise<JsonValue> {
  const bare = bareJson(text, options);
  if (bare !== undefined) return bare;
  const json = new IncrementalJson(options);
  return readInSlices(
    text,
    (piece) => json.push(piece),
    () => ended(json, text, options),
    signal,
  );
}

/** Tags of reasoning: what stands inside or before them may be a draft. */
const REASONING = /<\/?(?:think|reasoning)/i;

/**
 * The value of a text that is an object or an array of JSON and nothing else, as most replies are where JSON was asked for,
 * read by the engine: the value that {@link IncrementalJson} finds in it. Else undefined.
 */
function bareJson(text: string, { kinds, maxDepth = DEFAULT_MAX_DEPTH, prefers }: JsonParserOptions) {
  const kind = /^\s*\{/.test(text) ? 'object' : 'array';
  if (kinds?.includes(kind) === false || prefers !== undefined || text.length > AT_ONCE) return undefined;
  // Each level opens with a bracket, and there is one part more than brackets.
  if (text.split(/[[{]/, maxDepth + 2).length > maxDepth + 1 || REASONING.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'object' ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** The value while it arrives, then complete. */
export async function* streamJson(
  chunks: AsyncIterable<string>,
  options: JsonParserOptions = {},
): AsyncGenerator<JsonValue> {
  const json = new IncrementalJson(options);
  let text = '';
  let last: JsonValue | undefined;
  // To the end also when the value is complete: a stream that is cut must not pass for a whole reply.
  for await (const chunk of chunks) {
    text += chunk;
    json.push(chunk);
    if (!json.affordable) continue;
    const value = json.snapshot();
    if (value !== undefined && value !== last) yield (last = value);
  }
  const value = ended(json, text, options);
  if (value !== last) yield value;
}

/** Where in `text` the value at `path` begins, for errors; where its container does, when it is missing. */
export function positionOf(text: string, path: ValuePath, options: IncrementalJsonOptions): number {
  const json = new IncrementalJson(options);
  let depth = -1;
  let position = 0;
  for (let at = 0; at < text.length && !json.done; at++) {
    json.push(text.charAt(at));
    const open = json.path;
    if (open === undefined) depth = -1;
    else if (open.length > depth && open.every((part, level) => part === path[level])) {
      depth = open.length;
      position = depth === 0 ? at : at + 1;
    }
  }
  return position + (depth > 0 ? (/^[\s:,]*/.exec(text.slice(position))?.[0].length ?? 0) : 0);
}

/** The value of a text that is over, or why there is none. */
export function ended(
  json: IncrementalJson,
  text: string,
  { tolerant, onRepair }: JsonParserOptions,
): JsonValue {
  json.end();
  const { value, repairs } = json;
  if (value === undefined) throw noValue(json.failure as JsonFailure, text, tolerant === true);
  if (repairs.length > 0) heard(onRepair?.(repairs));
  return value;
}

function noValue(failure: JsonFailure, text: string, tolerant: boolean): ParserError {
  const { position, path, expected, reason } = failure;
  const at = `at character ${position} (${pathText(path)})`;
  const message =
    reason === 'none'
      ? 'There is no JSON value in the text. Ask the model for JSON alone, or use its structured output.'
      : reason === 'cut'
        ? `The text ends inside its JSON value, ${at}: expected ${expected}. The reply may have been cut short.`
        : `The JSON value is broken ${at}: expected ${expected}.`;
  const repair = tolerant ? 'read with tolerance for what is nearly JSON' : undefined;
  return parserError('parse', message, { text, position, path, expected, ...(repair && { repair }) });
}
