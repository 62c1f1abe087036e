import type { EmbeddingInput, EmbeddingModel, EmbedManyOptions } from '@mortise/core/embedding';
import type { JsonObject } from '@mortise/core';
import type {
  EmbeddingBodyOptions,
  EmbeddingDialect,
  EmbeddingRow,
  SentInput,
} from '../dialects/contract.ts';
import { base64Of, defined } from '@mortise/core/shared';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { collect, respondJson } from '../shared/helpers.ts';
import type { Probe, RespondOptions } from '../shared/probe.ts';
import type { Wire, WireHandler, WireRequest } from '../wire.ts';
import type { EmbeddingSubject, EmbeddingTarget } from './subject.ts';

export type EmbeddingCaseContext = CaseContext<EmbeddingSubject>;
export type EmbeddingCase = ConformanceCase<EmbeddingSubject>;

/** Required by what can only be seen from a server. */
export const SERVER = ['wire:server'];

/** Where nothing says how long vectors are. */
const DIMENSIONS = 8;

export function dimensionsOf({ declares }: EmbeddingSubject): number {
  return declares.dimensions ?? DIMENSIONS;
}

/** The dialect, in cases that require a server. */
export function dialectOf({ dialect }: EmbeddingSubject): EmbeddingDialect {
  if (dialect === undefined) throw new Error('This case needs a server, and the model has none.');
  return dialect;
}

/** Three texts, or as many as a request takes. */
export function fewTexts({ declares }: EmbeddingSubject): string[] {
  return ['Grüße "aus" Rom 😀', 'a\nb', 'third'].slice(0, declares.maxBatchSize);
}

/** So many texts that they take `count` requests. */
export function batchesOf({ declares }: EmbeddingSubject, count: number): string[] {
  return Array.from({ length: count * declares.maxBatchSize }, (_unused, at) => `text ${at}`);
}

/** The texts of one of those requests. */
export function batchAt({ declares }: EmbeddingSubject, texts: readonly string[], at: number): string[] {
  return texts.slice(at * declares.maxBatchSize, (at + 1) * declares.maxBatchSize);
}

/** The lab's vector of a text: its own, and exact as 32-bit floats. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return Float32Array.from({ length: dimensions }, (_unused, at) => {
    hash = Math.imul(hash ^ at, 0x01000193);
    return (hash >> 16) / 64;
  });
}

export interface RespondRowsOptions extends RespondOptions {
  /** Changes the rows before they are sent. */
  readonly rows?: ((rows: readonly EmbeddingRow[]) => readonly EmbeddingRow[]) | undefined;
  readonly encoding?: EmbeddingBodyOptions['encoding'] | undefined;
  /** `null`: the reply says nothing of usage. Default: 7. */
  readonly inputTokens?: number | null | undefined;
  /** Inputs of the request that the reply says were cut. Default: it says nothing of it. */
  readonly truncated?: readonly number[] | undefined;
  /** Default: what was asked for, or what the model declares. */
  readonly dimensions?: number | undefined;
}

/** Answers as the dialect does, with the vectors of the lab. */
export function respondWith(subject: EmbeddingSubject, options: RespondRowsOptions = {}): WireHandler {
  return (request, reply) => {
    const { body, headers } = replyTo(subject, request, options);
    const delivery = { ...options.delivery, headers: { ...headers, ...options.delivery?.headers } };
    return respondJson(reply, body, { ...options, delivery });
  };
}

function replyTo(
  subject: EmbeddingSubject,
  request: WireRequest,
  options: RespondRowsOptions,
): { readonly body: JsonObject; readonly headers: Readonly<Record<string, string>> } {
  const dialect = dialectOf(subject);
  const asked = dialect.dimensions?.(request) ?? dimensionsOf(subject);
  const { dimensions = asked, encoding = dialect.encoding(request), inputTokens = 7 } = options;
  const { rows = (right: readonly EmbeddingRow[]) => right } = options;
  const right = sentIn(dialect, request).map((sent, index) => ({
    index,
    vector: [...vectorOf(nameOf(sent), dimensions)],
  }));
  const about = { model: 'conformance-1', encoding, inputTokens: inputTokens ?? undefined };
  const whole = dialect.body(rows(right), about);
  const { truncated } = options;
  const body = truncated === undefined ? whole : (dialect.truncated?.(whole, truncated) ?? whole);
  return { body, headers: dialect.headers?.(about) ?? {} };
}

function sentIn(dialect: EmbeddingDialect, request: WireRequest): readonly SentInput[] {
  return (dialect.blocks?.(request) ?? dialect.inputs(request)).map(simplest);
}

/** A text alone in a list is that text: a wire may have one form for both. */
function simplest(sent: SentInput): SentInput {
  const [only] = sent;
  return sent.length === 1 && typeof only === 'string' ? only : sent;
}

/** What is to be sent for an input. */
export function sentAs(input: EmbeddingInput): SentInput {
  if (typeof input === 'string') return input;
  const pieces = input.map((block) => {
    if (block.type === 'text') return block.text;
    if (block.type !== 'image' || 'url' in block.source)
      throw new Error('The lab has texts and bytes of images.');
    const { mediaType, data } = block.source;
    return { mediaType, data: base64Of(data) };
  });
  return simplest(pieces);
}

/** What the lab makes the vector of an input of. */
export function nameOf(sent: SentInput): string {
  return typeof sent === 'string' ? sent : JSON.stringify(sent);
}

/** An implementation before a server of its own. */
export async function connect(
  context: EmbeddingCaseContext,
  handler: WireHandler = context.subject.dialect === undefined
    ? () => undefined
    : respondWith(context.subject),
  settings: EmbeddingTarget['settings'] = {},
  url = (plain: string): string => plain,
): Promise<{ readonly wire: Wire; readonly model: EmbeddingModel }> {
  const wire = await context.wire(handler);
  const retry = { baseDelayMs: 20 };
  return { wire, model: context.subject.create({ url: url(wire.url), settings: { retry, ...settings } }) };
}

/** The texts that each request carried. */
export function askedFor({ subject }: EmbeddingCaseContext, { requests }: Wire): (readonly string[])[] {
  return requests.map((request) => dialectOf(subject).inputs(request));
}

/** The same where inputs may hold images. */
export function blocksFor({ subject }: EmbeddingCaseContext, { requests }: Wire): SentInput[] {
  return requests.flatMap((request) => sentIn(dialectOf(subject), request));
}

/** One vector a text, in order: the lab's own where the lab answered, else of the right length and finite. */
export function checkVectors(
  { check, subject }: EmbeddingCaseContext,
  vectors: readonly (Float32Array | undefined)[],
  texts: readonly EmbeddingInput[],
  what: string,
): void {
  check.equal(vectors.length, texts.length, `${what}: the number of vectors`);
  const { dialect, declares } = subject;
  const wrong = texts.findIndex((text, at) => {
    const vector = vectors[at];
    if (vector === undefined) return true;
    if (dialect !== undefined) return !equal(vector, vectorOf(nameOf(sentAs(text)), dimensionsOf(subject)));
    return vector.length !== (declares.dimensions ?? vectors[0]?.length) || !vector.every(Number.isFinite);
  });
  check.equal(wrong, -1, `${what}: the place of the first text that has not its own vector`);
}

export function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

interface Embedded {
  readonly input: EmbeddingInput;
  readonly embedding: Float32Array;
}

type Method = (model: EmbeddingModel, texts: string[], options?: EmbedManyOptions) => Promise<Embedded[]>;

const METHODS: Readonly<Record<string, Method>> = {
  async embedTexts(model, texts, options) {
    const { embeddings } = await model.embedTexts(texts, options);
    return embeddings.map((embedding, at) => ({ embedding, input: texts[at] ?? '' }));
  },
  async embedQuery(model, [text = ''], options) {
    return [{ input: text, embedding: await model.embedQuery(text, options) }];
  },
  embedStream: (model, texts, options) => collect(model.embedStream(texts, options)),
};

/** What embedding models have in common with the other contracts is tried by these calls. */
export const embeddingProbe: Probe<EmbeddingSubject> = {
  requires: SERVER,
  methods: () => Object.keys(METHODS),
  dialect: dialectOf,
  async connect(context, handler, { headers, url } = {}) {
    const { wire, model } = await connect(context, handler, defined({ headers }), url);
    const texts = fewTexts(context.subject);
    return { wire, model, call: (method, options) => (METHODS[method] as Method)(model, texts, options) };
  },
  respondWith: (subject, options) =>
    subject.dialect === undefined ? () => undefined : respondWith(subject, options),
  streams: () => false,
  checkReply(context, reply, what) {
    const embedded = reply as Embedded[];
    const vectors = embedded.map(({ embedding }) => embedding);
    checkVectors(
      context,
      vectors,
      embedded.map(({ input }) => input),
      what,
    );
    const asked = fewTexts(context.subject).slice(0, what.startsWith('embedQuery') ? 1 : undefined);
    context.check.equal(
      embedded.map(({ input }) => input),
      asked,
      `${what}: the texts`,
    );
  },
};
