import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WireReply } from './wire.ts';

/** A text known by its hash: the sha256 of its UTF-8 in hex, and its length in UTF-16 units. */
export interface TextFact {
  readonly sha256: string;
  readonly length: number;
}

/** What a right adapter extracts from a recording. A field that is absent was not computed for that recording. */
export interface RecordingFacts {
  readonly oracle: string;
  readonly text?: TextFact;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly args: unknown }[];
  readonly serverToolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    readonly args: unknown;
  }[];
  readonly blockTypes?: readonly string[];
  readonly outputTypes?: readonly string[];
  readonly finishReason?: string;
  readonly status?: string;
  readonly model?: string;
  readonly responseId?: string;
  /** Counts as the provider reports them, which is not always what our `usage` says of them. */
  readonly usage?: Readonly<Record<string, number>>;
  readonly citations?: {
    readonly count: number;
    readonly types: readonly string[];
    readonly firstUrl?: string;
  };
  readonly reasoning?: TextFact;
  readonly reasoningSummary?: TextFact;
  readonly encryptedReasoning?: boolean;
  readonly thoughtSignature?: boolean;
  readonly toolPlan?: TextFact;
  readonly count?: number;
  readonly dims?: number;
  readonly first?: readonly number[];
  readonly ranking?: readonly { readonly index: number; readonly score: number }[];
  readonly error?: {
    readonly name: string;
    readonly status: number;
    readonly message: string;
    readonly code: string | null;
    readonly type: string;
  };
  readonly [name: string]: unknown;
}

/** A recorded answer of a provider and what is known of it. */
export interface Recording {
  /** Relative to the folder: `openai/openai-text.json`. */
  readonly file: string;
  readonly provider: string;
  readonly api: string;
  readonly tags: readonly string[];
  readonly facts: RecordingFacts;
  /** Whether the answer came as an event stream; else it is one JSON body. */
  readonly streamed: boolean;
  /** The body of the HTTP answer, with the event-stream envelope of its API where the file is stored without one. */
  body(): string;
}

/** The environment variable that names the folder of recordings. */
export const recordingsVariable = 'MORTISE_WIRE';

/** The title of the test that stands for all recordings when there are none. */
export const recordingsAbsent = `recordings: ${recordingsVariable} is not set to a folder of recordings`;

/**
 * The recordings in `folder` (by default the one `MORTISE_WIRE` names; an empty list when it names none), of the given
 * providers. A folder holds an `index.json` and the files it lists: `*.json` one body, `*.sse` a raw event stream,
 * `*.chunks.txt` one event a line without its envelope.
 */
export function readRecordings(
  providers?: readonly string[],
  folder = process.env[recordingsVariable],
): readonly Recording[] {
  if (folder === undefined || folder === '') return [];
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    fixtures: readonly Entry[];
  };
  return index.fixtures
    .filter((entry) => providers === undefined || providers.includes(entry.provider))
    .map(({ file, provider, api, tags, facts }) => ({
      file,
      provider,
      api,
      tags,
      facts,
      streamed: !file.endsWith('.json'),
      body: () => {
        const text = readFileSync(join(folder, file), 'utf8');
        return file.endsWith('.chunks.txt') ? envelope(text, api) : text;
      },
    }));
}

interface Entry {
  readonly file: string;
  readonly provider: string;
  readonly api: string;
  readonly tags: readonly string[];
  readonly facts: RecordingFacts;
}

/** Anthropic's and the Responses API name each event after its `type`, as does Cohere's chat; OpenAI's chat wire ends with `[DONE]`. */
function envelope(lines: string, api: string): string {
  const events = lines.split('\n').filter((line) => line.trim() !== '');
  const frames = events.map((data) => {
    const { type } = JSON.parse(data) as { type?: unknown };
    return typeof type === 'string' ? `event: ${type}\ndata: ${data}\n\n` : `data: ${data}\n\n`;
  });
  const typed = frames[0]?.startsWith('event:') ?? false;
  if (api === 'chat' && !typed) frames.push('data: [DONE]\n\n');
  return frames.join('');
}

/** Answers with a recording. `chunk` cuts a stream's bytes into writes of that length, each on its own turn. */
export async function replay(
  reply: WireReply,
  recording: Recording,
  options: { chunk?: number } = {},
): Promise<void> {
  const status = recording.facts.error?.status ?? 200;
  const bytes = Buffer.from(recording.body(), 'utf8');
  const length = options.chunk ?? Math.max(1, bytes.length);
  reply.writeHead(status, { 'content-type': recording.streamed ? 'text/event-stream' : 'application/json' });
  reply.socket?.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += length) {
    reply.write(bytes.subarray(at, at + length));
    if (options.chunk !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  reply.end();
}

/**
 * A recording as what `fetch` returns, its bytes in pieces of exactly `chunk`, without a socket that may join them: for
 * an injected `fetch`.
 */
export function recordedResponse(recording: Recording, chunk: number): Response {
  const bytes = Buffer.from(recording.body(), 'utf8');
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(Uint8Array.from(bytes.subarray(at, at + chunk)));
      at += chunk;
    },
  });
  const type = recording.streamed ? 'text/event-stream' : 'application/json';
  return new Response(body, {
    status: recording.facts.error?.status ?? 200,
    headers: { 'content-type': type },
  });
}

/** What a text's fact would be, to compare with `toEqual`. */
export function textFact(text: string): TextFact {
  return { sha256: createHash('sha256').update(text, 'utf8').digest('hex'), length: text.length };
}
