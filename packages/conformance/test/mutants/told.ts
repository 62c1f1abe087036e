import type {
  ChatStreamEvent,
  ChatInput,
  ChatOptions,
  ChatStream,
  CompletionResponse,
  FinishReason,
  Usage,
} from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

type Out = ChatStreamEvent[];

/** What is wrong with events, counts and ends. */
export const told: readonly Mutant[] = [
  misread(
    'tells the fragments of all calls by one place',
    'stream.events.tools',
    class extends ReferenceTranslator {
      override piece(index: number, text: string, out: Out): void {
        const own: Out = [];
        super.piece(index, text, own);
        out.push(...own.map((event) => (event.type === 'tool-call-delta' ? { ...event, index: 0 } : event)));
      }
    },
  ),
  misread(
    'tells reasoning in the place of the text',
    'stream.events.reasoning',
    class extends ReferenceTranslator {
      override piece(index: number, text: string, out: Out): void {
        const own: Out = [];
        super.piece(index, text, own);
        out.push(...own.map((event) => (event.type === 'reasoning-delta' ? { ...event, index: 1 } : event)));
      }
    },
  ),
  misread(
    'does not say at the start which model answers',
    'stream.events.start',
    class extends ReferenceTranslator {
      override begin(raw: Raw, out: Out): void {
        const own: Out = [];
        super.begin(raw, own);
        const [{ model, ...start }] = own as [
          { model?: string } & Extract<ChatStreamEvent, { type: 'start' }>,
        ];
        out.push(start);
        this.model = model;
      }
      model: string | undefined;
      override finish(out: Out): void {
        const own: Out = [];
        super.finish(own);
        out.push(...own.map((event) => (event.type === 'finish' ? { ...event, model: this.model! } : event)));
      }
    },
  ),
  mutant(
    'goes on after cancel()',
    'stream.cancel',
    class extends ReferenceLLM {
      override streamChat(input: ChatInput, options?: ChatOptions): ChatStream {
        const stream = super.streamChat(input, options);
        stream.cancel = () => Promise.resolve();
        const final = stream.final.bind(stream);
        stream.final = () =>
          Promise.race([final(), new Promise<never>((_resolve, reject) => setTimeout(reject, 50))]);
        return stream;
      }
    },
  ),
  misread(
    'knows calls by their index first',
    'tools.parallel.one-index',
    class extends ReferenceTranslator {
      override begun(data: Raw): number {
        return this.places.get(data['at']) ?? super.begun({ ...data, call: null });
      }
      override place({ at }: Raw): number {
        return this.places.get(at)!;
      }
    },
  ),
  misread(
    'forgets what was open at the end',
    'stream.blocks-open',
    class extends ReferenceTranslator {
      override finish(out: Out): void {
        const open = this.blocks.findIndex(({ closed }) => closed !== true);
        if (open === -1) return super.finish(out);
        this.blocks[open]!['text'] = '';
        super.finish(out);
      }
    },
  ),
  misread(
    'knows the last counts alone',
    'usage.null-later',
    class extends ReferenceTranslator {
      override usage(raw: Raw): void {
        this.known = this.llm.usage(raw);
      }
    },
  ),
  mutant(
    "keeps the provider's counts to itself",
    'usage.raw',
    class extends ReferenceLLM {
      override usage(raw: Raw): Usage {
        const { raw: _raw, ...usage } = super.usage(raw);
        return usage;
      }
    },
  ),
  mutant(
    'does not count what tools read',
    'usage.tools',
    class extends ReferenceLLM {
      override usage({ tools: _tools, ...raw }: Raw): Usage {
        return super.usage(raw);
      }
    },
  ),
  mutant(
    'takes an end that it does not know for a stop',
    'finish.unknown',
    class extends ReferenceLLM {
      override finish(raw: string): FinishReason {
        const { unified } = super.finish(raw);
        return { unified: unified === 'other' ? 'stop' : unified, raw };
      }
    },
  ),
  mutant(
    'forgets the id of a completion',
    'complete.response',
    class extends ReferenceLLM {
      override async complete(...call: Parameters<ReferenceLLM['complete']>): Promise<CompletionResponse> {
        const { id: _id, ...response } = await super.complete(...call);
        return response;
      }
    },
  ),
];
