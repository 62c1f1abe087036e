import { MortiseError } from '@mortise/core';
import type { ChatStreamEvent } from '@mortise/core/llm';
import type { SseEvent } from '@mortise/core/wire';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

type Out = ChatStreamEvent[];

/** What is wrong with how a stream's events are put together. */
export const streamReading: readonly Mutant[] = [
  misread(
    'drops the last delta',
    'stream.equals-whole',
    class extends ReferenceTranslator {
      held: (() => void) | undefined;
      override piece(index: number, text: string, out: Out): void {
        this.held?.();
        this.held = () => super.piece(index, text, out);
      }
    },
  ),
  misread(
    'streams no reasoning',
    'stream.equals-whole.reasoning',
    class extends ReferenceTranslator {
      override close(index: number, raw: Raw, out: Out): void {
        if (this.blocks[index]!['type'] !== 'reasoning') super.close(index, raw, out);
      }
      override piece(index: number, text: string, out: Out): void {
        if (this.blocks[index]!['type'] !== 'reasoning') super.piece(index, text, out);
      }
    },
  ),
  misread(
    'ignores the index of text',
    'stream.several-texts',
    class extends ReferenceTranslator {
      override piece(index: number, text: string, out: Out): void {
        super.piece(this.blocks[index]!['type'] === 'text' ? this.blocks.length - 1 : index, text, out);
      }
    },
  ),
  misread(
    'ignores the index of calls',
    'tools.parallel.interleaved',
    class extends ReferenceTranslator {
      override piece(_index: number, text: string, out: Out): void {
        super.piece(this.blocks.length - 1, text, out);
      }
    },
  ),
  misread(
    'gives every parallel call the first id',
    'tools.parallel',
    class extends ReferenceTranslator {
      override open(index: number, raw: Raw, out: Out): void {
        super.open(index, { ...raw, id: (this.blocks[0] ?? raw)['id'] as string }, out);
      }
    },
  ),
  misread(
    'loses the fragments of a call but the last',
    'tools.call',
    class extends ReferenceTranslator {
      override piece(index: number, text: string, out: Out): void {
        const raw = this.blocks[index]!;
        if (raw['type'] === 'call') raw['text'] = '';
        super.piece(index, text, out);
      }
    },
  ),
  misread(
    'names a call when it is over',
    'tools.call.events',
    class extends ReferenceTranslator {
      override open(index: number, raw: Raw): void {
        super.open(index, raw, []);
      }
      override close(index: number, raw: Raw, out: Out): void {
        super.open(index, { ...this.blocks[index]! }, out);
        super.close(index, raw, out);
      }
    },
  ),
  misread(
    'loses the signature of streamed reasoning',
    'reasoning.signature',
    class extends ReferenceTranslator {
      override close(index: number, _raw: Raw, out: Out): void {
        super.close(index, { signature: null }, out);
      }
    },
  ),
  misread(
    'sends empty deltas',
    'stream.events',
    class extends ReferenceTranslator {
      override open(index: number, raw: Raw, out: Out): void {
        super.open(index, raw, out);
        super.piece(index, '', out);
      }
    },
  ),
  misread(
    'sums usage',
    'usage.duplicate',
    class extends ReferenceTranslator {
      override usage(raw: Raw, out: Out): void {
        const { inputTokens = 0, outputTokens = 0 } = this.known;
        super.usage(
          { ...raw, in: inputTokens + (raw['in'] as number), out: outputTokens + (raw['out'] as number) },
          out,
        );
      }
    },
  ),
  misread(
    'keeps the first usage',
    'usage.cumulative',
    class extends ReferenceTranslator {
      override usage(raw: Raw, out: Out): void {
        if (this.known.inputTokens === undefined) super.usage(raw, out);
      }
    },
  ),
  misread(
    'overlooks usage in the last event',
    'usage.late',
    class extends ReferenceTranslator {
      override ended(raw: Raw, out: Out): void {
        super.ended({ ...raw, usage: undefined }, out);
      }
    },
  ),
  misread(
    'throws at an event it does not know',
    'unknown.event',
    class extends ReferenceTranslator {
      override unknown({ type }: Raw): void {
        throw new MortiseError('malformed-response', `The event ${type} is unknown.`);
      }
    },
  ),
  misread(
    'swallows an error in the stream',
    'fault.error-event',
    class extends ReferenceTranslator {
      override read(event: SseEvent): Raw {
        return JSON.parse(event.data) as Raw;
      }
    },
  ),
  misread(
    'takes every error in a stream for one of the server',
    'fault.error-event.quota',
    class extends ReferenceTranslator {
      override read(event: SseEvent): Raw {
        try {
          return super.read(event);
        } catch (cause) {
          throw new MortiseError('server', 'The provider broke off.', { cause });
        }
      }
    },
  ),
  misread(
    'looks at the data of an event alone, not at its name',
    'fault.error-event.named',
    class extends ReferenceTranslator {
      override read({ data }: SseEvent): Raw {
        return super.read({ event: 'message', data });
      }
    },
  ),
  mutant(
    'loses what had arrived before an event named error',
    'fault.error-event.named',
    class extends ReferenceLLM {
      override streamChat(...given: Parameters<ReferenceLLM['streamChat']>) {
        const stream = super.streamChat(...given);
        const final = stream.final.bind(stream);
        const without = (error: MortiseError): never => {
          throw new MortiseError(error.code as 'server', error.message);
        };
        return Object.assign(stream, { final: () => final().catch(without) });
      }
    },
  ),
  misread(
    'takes an end that was not said for one',
    'end.said',
    class extends ReferenceTranslator {
      override begin(raw: Raw, out: Out): void {
        super.begin(raw, out);
        this.end.say('stop');
      }
    },
  ),
  misread(
    'skips an event that is not JSON',
    'fault.broken-event',
    class extends ReferenceTranslator {
      override push(event: SseEvent, out: Out): void {
        try {
          super.push(event, out);
        } catch {
          // Skipped.
        }
      }
    },
  ),
];
