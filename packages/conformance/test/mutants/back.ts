import type { Attempt } from '@mortise/core';
import type { ChatRequest, ContentBlock } from '@mortise/core/llm';
import { ReferenceLLM, type Raw } from '../reference/adapter.ts';
import type { WireTarget } from '@mortise/conformance';
import { mutant, type Mutant } from './mutant.ts';

/** A block is sent otherwise. */
export const sending = (change: (right: Raw[], block: ContentBlock) => Raw[]) =>
  class extends ReferenceLLM {
    override sentBlock(block: ContentBlock, role: string): Raw[] {
      return change(super.sentBlock(block, role), block);
    }
  };

/** Every server has one name. */
const nameless = class extends ReferenceLLM {
  constructor({ url, settings }: WireTarget) {
    super({ url, settings: { ...settings, name: 'one for all' } });
  }
};

/** A body with something else in it. */
export const undeclared = (change: (body: Raw, request: ChatRequest) => Raw) =>
  class extends ReferenceLLM {
    override body(request: ChatRequest, attempt: Attempt): Raw {
      const right = super.body(request, attempt);
      return { ...right, ...change(right, request) };
    }
  };

/** What is wrong with what goes back. */
export const back: readonly Mutant[] = [
  mutant(
    'forgets what belongs to a call',
    'back.members',
    sending((right, { type }) =>
      type === 'tool-call' ? right.map(({ own: _own, ...rest }) => rest) : right,
    ),
  ),
  mutant(
    'forgets what belongs to a text',
    'back.members',
    sending((right, { type }) => (type === 'text' ? right.map(({ own: _own, ...rest }) => rest) : right)),
  ),
  mutant('takes every server for one', 'back.strangers', nameless),
  mutant('sends the signature of one server to another', 'back.signature.strangers', nameless),
  mutant(
    'takes hidden reasoning for none',
    'reasoning.redacted',
    class extends ReferenceLLM {
      override block(raw: Raw): ContentBlock {
        return super.block({ ...raw, sealed: undefined });
      }
    },
  ),
  mutant(
    'gives hidden reasoning for words',
    'reasoning.redacted',
    class extends ReferenceLLM {
      override block(raw: Raw): ContentBlock {
        return super.block(raw['sealed'] === undefined ? raw : { ...raw, text: raw['sealed'] as string });
      }
    },
  ),
  mutant(
    'sends no hidden reasoning back',
    'back.redacted',
    sending((right) => right.filter(({ sealed }) => sealed === undefined)),
  ),
  mutant(
    'sends hidden reasoning back as a signature',
    'back.redacted',
    sending((right) =>
      right.map(({ sealed, ...rest }) => (sealed === undefined ? rest : { ...rest, signature: sealed })),
    ),
  ),
  mutant('sends the hidden reasoning of one server to another', 'back.redacted', nameless),
  mutant(
    'makes ids of calls fit, and not those of their results',
    'back.ids',
    sending((right, { type }) =>
      type === 'tool-call' ? right.map((call) => ({ ...call, id: `${call['id']}_` })) : right,
    ),
  ),
  mutant(
    'sends arguments that are no JSON as they are',
    'back.invalid-arguments',
    sending((right, block) =>
      // Core has put the text into an object by now.
      block.type === 'tool-call' && Object.hasOwn(block.arguments, 'INVALID_JSON')
        ? right.map((call) => ({ ...call, arguments: block.arguments['INVALID_JSON'] }))
        : right,
    ),
  ),
  mutant(
    'sends a failure as a result like any other',
    'back.failed-results',
    sending((right) => right.map(({ failed: _failed, ...rest }) => rest)),
  ),
  mutant(
    'sends a failure as one only where it is a text',
    'back.failed-results',
    sending((right, block) =>
      block.type === 'tool-result' && typeof block['content'] !== 'string'
        ? right.map(({ failed: _failed, ...rest }) => rest)
        : right,
    ),
  ),
  mutant(
    'sends texts of its own alone',
    'back.own-and-mine',
    sending((right, block) =>
      block.type === 'text' && 'text' in block && block.text === 'Mine.' ? [] : right,
    ),
  ),
  mutant(
    'refuses the cache points that it declares',
    'cache-points.undeclared',
    class extends ReferenceLLM {
      override readonly metadata = {
        isChatModel: true,
        capabilities: {
          ...new ReferenceLLM({ url: 'http://x', settings: {} }).metadata.capabilities,
          caching: false,
        },
      };
    },
  ),
  mutant(
    'forgets cache points',
    'cache-points.placed',
    sending((right, { type }) => (type === 'cache-point' ? [] : right)),
  ),
  mutant(
    'marks the end of the conversation, wherever the cache point stood',
    'cache-points.placed',
    class extends ReferenceLLM {
      override conversation(request: ChatRequest): Raw {
        const { blocks, ...rest } = super.conversation(request);
        const isPoint = ({ type }: Raw): boolean => type === 'cached';
        const all = blocks as Raw[];
        return { ...rest, blocks: [...all.filter((block) => !isPoint(block)), ...all.filter(isPoint)] };
      }
    },
  ),
  mutant(
    'lays its own settings over those of the caller',
    'request.provider-options.win',
    undeclared((right, { maxOutputTokens }) => ({
      max_tokens: maxOutputTokens ?? (right['max_tokens'] as number),
    })),
  ),
  mutant(
    'lays its own settings over those of the caller, where they are members of a member',
    'request.provider-options.win',
    undeclared(({ settings }, { maxOutputTokens }) => ({
      max_tokens: undefined,
      settings: { ...(settings as Raw | undefined), limit: maxOutputTokens },
    })),
  ),
];
