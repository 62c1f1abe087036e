import { llmConformance, type Frame, type LLMDialect } from '@mortise/conformance';
import type { Attempt } from '@mortise/core/call';
import type { ChatStreamEvent } from '@mortise/core/llm';
import { streamEvents } from '@mortise/core/wire';
import { describe, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const { capabilities } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

llmConformance(
  { describe, it },
  { create: (wire) => new ReferenceLLM(wire), dialect: reference, declares: capabilities },
);

/** The same wire in lines of JSON, as servers of local models stream. */
class LinesLLM extends ReferenceLLM {
  override events(response: Response, attempt: Attempt) {
    return streamEvents<ChatStreamEvent>(response, attempt, this.translator(), this.about(), {
      format: 'json-lines',
    });
  }
}

const asLine = ({ data, terminal }: Frame): Frame => ({
  data,
  line: true,
  ...(terminal === undefined ? {} : { terminal }),
});

const lines: LLMDialect = {
  ...reference,
  name: 'reference-lines',
  without: { 'event-stream': 'It streams lines of JSON.' },
  frames: (answer, shape) => reference.frames(answer, shape).map(asLine),
  errorFrame: (message, kind) => asLine(reference.errorFrame(message, kind)),
  blocked: (answer) => {
    const { body, frames } = reference.blocked!(answer);
    return { body, frames: frames.map(asLine) };
  },
};

llmConformance(
  { describe, it },
  { create: (wire) => new LinesLLM(wire), dialect: lines, declares: capabilities },
);
