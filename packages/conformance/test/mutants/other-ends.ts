import type {
  ChatInput,
  ChatOptions,
  ChatResponse,
  ChatStreamEvent,
  ContentBlock,
  FinishReason,
} from '@mortise/core/llm';
import type { SaidFailure } from '@mortise/core/wire';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { ReferenceTranslator } from '../reference/translator.ts';
import { misread, mutant, type Mutant } from './mutant.ts';

const declaring = (more: object) =>
  class extends ReferenceLLM {
    override readonly metadata = {
      isChatModel: true,
      capabilities: { ...new ReferenceLLM({ url: 'http://x', settings: {} }).metadata.capabilities, ...more },
    };
  };

/** What is wrong with the ends and signatures of wires that are unlike OpenAI's. */
export const otherEnds: readonly Mutant[] = [
  mutant('sends all tools where some were chosen', 'tools.choice.some', declaring({ allowedTools: true })),
  mutant('forgets the names of speakers', 'request.preference.name', declaring({ names: true })),
  misread(
    'takes the first reason for the end',
    'end.early-reason',
    class extends ReferenceTranslator {
      override early(finish: string, out: ChatStreamEvent[]): void {
        super.early(finish, out);
        if (!this.done) this.finish(out);
      }
    },
  ),
  mutant(
    'takes a call that could not be written for an answer',
    'end.failed',
    class extends ReferenceLLM {
      override finish(raw: string): FinishReason {
        return raw === 'malformed_response' ? { unified: 'stop', raw } : super.finish(raw);
      }
    },
  ),
  mutant(
    'takes a prompt that was blocked for an empty answer',
    'end.blocked',
    class extends ReferenceLLM {
      override blocked(raw: string): FinishReason {
        return { unified: 'stop', raw };
      }
    },
  ),
  mutant(
    "loses the provider's word for a prompt that was blocked",
    'end.blocked',
    class extends ReferenceLLM {
      override blocked(): FinishReason {
        return { unified: 'content-filter' } as FinishReason;
      }
    },
  ),
  mutant(
    'does not hear how long it is to wait',
    'status.wait-in-body',
    class extends ReferenceLLM {
      override said(): SaidFailure {
        return {};
      }
    },
  ),
  mutant(
    'keeps what belongs to a call, and not its signature',
    'back.signature.parts',
    class extends ReferenceLLM {
      override own(block: ContentBlock): Raw {
        const { own } = super.own(block);
        const { signature: _signature, ...rest } = (own ?? {}) as Raw;
        return { own: rest };
      }
    },
  ),
  mutant(
    'takes all reasoning that is signed for its own',
    'back.signature.unowned',
    class extends ReferenceLLM {
      override chat(input: ChatInput, options: ChatOptions = {}): Promise<ChatResponse> {
        const own = (block: ContentBlock): ContentBlock =>
          block.type === 'reasoning' ? { ...block, providerMetadata: { reference: {} } } : block;
        if (typeof input === 'string') return super.chat(input, options);
        const messages = input.map((message) =>
          typeof message.content === 'string' ? message : { ...message, content: message.content.map(own) },
        );
        return super.chat(messages, options);
      }
    },
  ),
];
