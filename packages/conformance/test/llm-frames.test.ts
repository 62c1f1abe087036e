import { Buffer } from 'node:buffer';
import { llmConformance, type AnswerPart, type Frame, type LLMDialect } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import type { ChatStreamEvent } from '@mortise/core/llm';
import { streamEvents, type EventDecoder, type SseEvent } from '@mortise/core/wire';
import { describe, it } from 'vitest';
import { ReferenceLLM, type Raw } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';
import { ReferenceTranslator } from './reference/translator.ts';

/** Frames that say their length in four bytes. */
class FrameDecoder implements EventDecoder {
  recognised = false;
  #bytes = Buffer.alloc(0);

  get pending(): number {
    return this.#bytes.length;
  }

  push(bytes: Uint8Array): SseEvent[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const events: SseEvent[] = [];
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readUInt32BE()) {
      const end = 4 + this.#bytes.readUInt32BE();
      events.push({ event: 'message', data: this.#bytes.toString('utf8', 4, end) });
      this.#bytes = this.#bytes.subarray(end);
      this.recognised = true;
    }
    return events;
  }

  end(): undefined {
    return undefined;
  }
}

const asFrame = (frame: Frame): Frame => ({
  ...frame,
  format: {
    contentType: 'application/vnd.reference.frames',
    bytes: ({ data }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(data));
      return Buffer.concat([length, Buffer.from(data, 'utf8')]);
    },
  },
});

const withoutPieces = (part: AnswerPart): AnswerPart =>
  part.type === 'tool-call' ? { ...part, pieces: [] } : part;

/** As Gemini and Bedrock do, in one: binary frames, arguments as objects, no event that ends the reply. */
const frames: LLMDialect = {
  ...reference,
  name: 'reference-frames',
  without: {
    'event-stream': 'Its frames are binary.',
    lines: 'Its frames are binary.',
    'argument-pieces': 'Arguments come as objects.',
  },
  endsWithBytes: true,
  frames: (answer, shape) =>
    reference.frames({ ...answer, parts: answer.parts.map(withoutPieces) }, shape).map((frame) => {
      const data = JSON.parse(frame.data) as JsonObject;
      const block = data['block'] as JsonObject | undefined;
      if (block?.['type'] !== 'call') return asFrame(frame);
      const call = answer.parts.find((part) => part.type === 'tool-call' && part.id === block['id']);
      const text = call?.type === 'tool-call' ? call.pieces?.join('') : undefined;
      const args = JSON.parse(text || '{}') as JsonObject;
      return asFrame({ ...frame, data: JSON.stringify({ ...data, block: { ...block, args } }) });
    }),
  errorFrame: (message, kind) => asFrame(reference.errorFrame(message, kind)),
  blocked: (answer) => {
    const { body, frames: said } = reference.blocked!(answer);
    return { body, frames: said.map(asFrame) };
  },
};

/** A reason says that the reply may end, and the bytes end it. */
class FramesTranslator extends ReferenceTranslator {
  override take(data: Raw, out: ChatStreamEvent[]): void {
    super.take(data, out);
    this.end.terminal = false;
  }

  override open(index: number, block: Raw, out: ChatStreamEvent[]): void {
    const { args, ...rest } = block;
    super.open(index, args === undefined ? rest : { ...rest, text: JSON.stringify(args) }, out);
  }
}

class FramesLLM extends ReferenceLLM {
  override events(response: Response, attempt: Attempt) {
    const format = { decoder: FrameDecoder, stream: 'a stream of frames', one: 'a frame' };
    return streamEvents<ChatStreamEvent>(response, attempt, this.translator(), this.about(), { format });
  }

  override translator(): ReferenceTranslator {
    return new FramesTranslator(this);
  }
}

const { capabilities } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

llmConformance(
  { describe, it },
  { create: (wire) => new FramesLLM(wire), dialect: frames, declares: capabilities },
);
