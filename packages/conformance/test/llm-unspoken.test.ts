import { llmSuite, runCase, type WireTarget } from '@mortise/conformance';
import type { LLM } from '@mortise/core/llm';
import { describe, expect, it } from 'vitest';
import { ReferenceLLM, type Raw } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';
import { ReferenceTranslator } from './reference/translator.ts';

const { capabilities: declares } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

/** Runs one case on an adapter of another wire than the dialect's. */
async function run(Adapter: new (wire: WireTarget) => LLM, id: string): Promise<unknown> {
  const testCase = llmSuite.find((each) => each.id === id)!;
  return runCase(testCase, { create: (wire) => new Adapter(wire), dialect: reference, declares });
}

const translating = (Translator: typeof ReferenceTranslator) =>
  class extends ReferenceLLM {
    override translator(): ReferenceTranslator {
      return new Translator(this);
    }
  };

const Deaf = translating(
  class extends ReferenceTranslator {
    override take(): void {}
  },
);

const Hasty = translating(
  class extends ReferenceTranslator {
    override take(_data: Raw, out: Parameters<ReferenceTranslator['take']>[1]): void {
      this.ended({ finish: 'stop' }, out);
    }
  },
);

class Refused extends ReferenceLLM {
  override async send(): Promise<Response> {
    throw this.failure(400, new Headers(), '{"error":"No such member."}');
  }
}

const READING = ['leave.break', 'leave.pending', 'leave.final', 'leave.sockets', 'spans.once'];

describe.concurrent('an adapter that does not speak the wire yet is told soon what is missing', () => {
  it.each(READING)('%s: no event that it understands', async (id) => {
    await expect(run(Deaf, id)).rejects.toThrow('the first text of the stream: nothing happened for 2000 ms');
  });

  it.each(READING)('%s: an end before any text', async (id) => {
    await expect(run(Hasty, id)).rejects.toThrow('the stream ended before its first text');
  });

  const CALLING = ['abort.waiting', 'abort.in-body', 'abort.retry', 'leave.opening'];
  it.each([...CALLING, ...READING].filter((id) => id !== 'leave.sockets'))(
    '%s: a request that is refused',
    async (id) => {
      await expect(run(Refused, id)).rejects.toThrow('reference answered 400: No such member.');
    },
  );

  it('leave.sockets: no request at all', async () => {
    await expect(run(Refused, 'leave.sockets')).rejects.toThrow('the requests: got 0, expected 15');
  });
});
