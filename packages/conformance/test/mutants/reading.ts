import { MortiseError } from '@mortise/core';
import type { ChatReply, ChatResponse, ContentBlock, FinishReason, Usage } from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import { mutant, type Mutant } from './mutant.ts';

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

/** What is wrong with how replies are read. */
export const reading: readonly Mutant[] = [
  mutant(
    'calls every call without an id call_0',
    'tools.ids.absent',
    class extends ReferenceLLM {
      override id(id: string): string {
        return id === '' ? 'call_0' : id;
      }
    },
  ),
  mutant('takes an end without a call for a stop', 'finish.no-call', finish('tool-calls', 'stop')),
  mutant(
    'gives the model that was asked for as the one that answered',
    'reply.text',
    reply(() => ({ model: undefined })),
  ),
  mutant(
    'does not say when a reply was made',
    'reply.created',
    reply(() => ({ createdAt: undefined })),
  ),
  mutant(
    'takes seconds for milliseconds',
    'reply.created',
    class extends ReferenceLLM {
      override time(seconds: number): string {
        return new Date(seconds).toISOString();
      }
    },
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
    'hands on what counts nothing',
    'usage.no-count',
    class extends ReferenceLLM {
      override async chat(...call: Parameters<ReferenceLLM['chat']>): Promise<ChatResponse> {
        const response = await super.chat(...call);
        const told = (response.usage.raw as Raw)['in'] as number;
        return { ...response, usage: { ...response.usage, inputTokens: told } };
      }
    },
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
