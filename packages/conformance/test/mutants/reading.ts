import { MortiseError } from '@mortise/core';
import type { ChatReply, ChatStreamEvent, ContentBlock, FinishReason, Usage } from '@mortise/core/llm';
import type { SseEvent } from '@mortise/core/wire';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

type Out = ChatStreamEvent[];

/** A reply without one of its members, or with another. */
const reply = (change: (reply: ChatReply) => Partial<ChatReply>) =>
  class extends ReferenceLLM {
    override reply(raw: Raw): ChatReply {
      const right = super.reply(raw);
      return { ...right, ...change(right) };
    }
  };

const finish = (word: string, instead: string) =>
  class extends ReferenceLLM {
    override finish(raw: string): FinishReason {
      return { unified: raw === word ? instead : raw, raw };
    }
  };

const usage = (change: (usage: Usage, raw: Raw) => Usage) =>
  class extends ReferenceLLM {
    override usage(raw: Raw): Usage {
      return change(super.usage(raw), raw);
    }
  };

const block = (change: (block: ContentBlock, raw: Raw) => ContentBlock) =>
  class extends ReferenceLLM {
    override block(raw: Raw): ContentBlock {
      return change(super.block(raw), raw);
    }
  };

const call = (change: (text: string | null) => string | null) =>
  class extends ReferenceLLM {
    override call(id: string, name: string, text: string | null): ContentBlock {
      const changed = change(text);
      if (changed !== null) return super.call(id, name, changed);
      return { type: 'tool-call', id, name, arguments: {}, invalid: true, argumentsText: '' };
    }
  };

/** What is wrong with how replies and events are read. */
export const reading: readonly Mutant[] = [
  mutant(
    'gives the model that was asked for as the one that answered',
    'reply.text',
    reply(() => ({ model: undefined })),
  ),
  mutant('calls a cut by length a stop', 'reply.finish.length', finish('length', 'stop')),
  mutant('calls a filtered reply a stop', 'reply.finish.content-filter', finish('content-filter', 'stop')),
  mutant(
    'refuses a reply without blocks',
    'reply.empty',
    class extends ReferenceLLM {
      override reply(raw: Raw): ChatReply {
        if ((raw['blocks'] as unknown[])?.length === 0)
          throw new MortiseError('malformed-response', 'Nothing.');
        return super.reply(raw);
      }
    },
  ),
  mutant(
    'puts a Date into its metadata',
    'reply.plain-data',
    reply(() => ({ providerMetadata: { reference: { at: new Date() } } })),
  ),
  mutant(
    'keeps the reply in a field that calls share',
    'reply.parallel',
    class extends ReferenceLLM {
      last: Raw = {};
      override async json(...args: Parameters<ReferenceLLM['json']>): Promise<Raw> {
        this.last = await super.json(...args);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return this.last;
      }
    },
  ),
  mutant(
    'counts cached tokens beside the input',
    'usage.parts',
    usage((right, { in: fresh }) => ({ ...right, inputTokens: fresh as number })),
  ),
  mutant(
    'gives zero for counts that were not told',
    'usage.missing',
    reply(({ usage: told }) => ({ usage: told ?? { inputTokens: 0, outputTokens: 0 } })),
  ),
  mutant(
    'merges the text into the reasoning',
    'reasoning.text',
    block((right, { type, text }) => (type === 'reasoning' ? { type: 'text', text: text as string } : right)),
  ),
  mutant(
    'throws away a block it does not know',
    'unknown.block',
    reply(({ content }) => ({ content: content.filter(({ type }) => !type.includes(':')) })),
  ),
  mutant(
    'takes empty arguments for broken ones',
    'tools.arguments.empty',
    call((text) => (text === '' ? null : text)),
  ),
  mutant(
    'takes null arguments for broken ones',
    'tools.arguments.null',
    class extends ReferenceLLM {
      override call(id: string, name: string, text: string | null): ContentBlock {
        if (text === null)
          return { type: 'tool-call', id, name, arguments: {}, invalid: true, argumentsText: 'null' };
        return super.call(id, name, text);
      }
    },
  ),
  mutant(
    'repairs broken arguments in silence',
    'tools.arguments.invalid',
    call((text) => (text?.endsWith('"') === true ? `${text}}` : text)),
  ),
  mutant(
    'throws for broken arguments',
    'tools.arguments.invalid.whole',
    call((text) => (JSON.parse(text ?? '{}'), text)),
  ),
  mutant(
    'reads only the first call',
    'tools.call.whole',
    reply(({ content }) => ({ content: content.slice(0, 1) })),
  ),

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
      override end(raw: Raw, out: Out): void {
        super.end({ ...raw, usage: undefined }, out);
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
  mutant(
    'throws at a field it does not know',
    'unknown.field',
    class extends ReferenceLLM {
      override reply(raw: Raw): ChatReply {
        if ('hologram' in raw) throw new MortiseError('malformed-response', 'There is an unknown field.');
        return super.reply(raw);
      }
    },
  ),
  misread(
    'swallows an error in the stream',
    'fault.error-event',
    class extends ReferenceTranslator {
      override error(): void {}
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
  mutant(
    'trims what it completes',
    'complete.text',
    class extends ReferenceLLM {
      override async complete(...args: Parameters<ReferenceLLM['complete']>) {
        const response = await super.complete(...args);
        return { ...response, text: response.text.replaceAll('\n', ' ') };
      }
    },
  ),
];
