import type { Warning } from '../call/contract.ts';
import { MortiseError } from '../errors.ts';
import { defined } from '../shared/json.ts';
import { fittedId } from './call-ids.ts';
import type { ChatRequest, LLMMetadata } from './contract.ts';
import type {
  ChatMessage,
  CitationBlock,
  ContentBlock,
  MediaSource,
  ToolCallBlock,
} from './message-contract.ts';
import { isKnownBlock, sentArguments } from './message.ts';
import type { Server } from './owner.ts';

/** What was asked of which model. */
interface Asking {
  readonly provider: string;
  readonly model: string;
  readonly metadata: LLMMetadata;
}

/**
 * The messages as `server` is to see them. Its own opaque things stay as they came, those of other servers are left out
 * (C-14); blocks without an owner are the application's, and stay, but for signed reasoning that names no provider: nobody
 * knows whose it is. Calls have objects as arguments, and ids that the server
 * takes; media types have their registered names; cache points and names of speakers are left out where the model declares
 * none (C-08).
 */
export function forServer(
  { messages, strict }: Pick<ChatRequest, 'messages' | 'strict'>,
  server: Server,
  asking: Asking,
): { readonly messages: readonly ChatMessage[]; readonly warnings: readonly Warning[] } {
  if (messages.every(isPlain)) return { messages, warnings: [] };
  const view = new ServerView(server, asking);
  const seen = messages.flatMap((given): readonly ChatMessage[] => {
    const message = view.speaker(given);
    const { content } = message;
    if (typeof content === 'string') return [message];
    const blocks = content.flatMap((block) => view.of(block));
    if (blocks.length === content.length && blocks.every((block, at) => block === content[at]))
      return [message];
    // Providers refuse a message that says nothing.
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  return { messages: seen, warnings: view.warnings(strict) };
}

/** A text of nobody in particular: every server takes it as it is. */
function isPlain({ content, name }: ChatMessage): boolean {
  return typeof content === 'string' && name === undefined;
}

/** What one server sees of the blocks of a conversation. */
class ServerView {
  readonly #server: Server;
  readonly #asking: Asking;
  /** The preferences that were left out, by the capability that would keep them. */
  readonly #undeclared = new Map<'caching' | 'names', string>();
  /** The ids of calls, by what they were: a result takes that of its call. */
  readonly #ids = new Map<string, string>();
  /** What was left out, by the server that sent it. */
  readonly #strangers = new Map<string, Set<string>>();

  constructor(server: Server, asking: Asking) {
    this.#server = server;
    this.#asking = asking;
  }

  /** The message without its name, where the model declares none. */
  speaker(message: ChatMessage): ChatMessage {
    if (message.name === undefined || this.#declares('names', 'name')) return message;
    const { name: _name, ...rest } = message;
    return rest;
  }

  #declares(capability: 'caching' | 'names', setting: string): boolean {
    const isDeclared = this.#asking.metadata.capabilities[capability] === true;
    if (!isDeclared) this.#undeclared.set(capability, setting);
    return isDeclared;
  }

  /** The block; something else in its place; or nothing, where it means nothing here. */
  of(block: ContentBlock): readonly ContentBlock[] {
    if (!isKnownBlock(block)) return this.#own(block);
    switch (block.type) {
      case 'cache-point':
        return this.#declares('caching', 'cache-point') ? this.#own(block) : [];
      case 'image':
        return this.#own(withRegisteredType(block));
      case 'tool-call':
        return this.#own(this.#call(block));
      case 'tool-result': {
        const { toolCallId, content } = block;
        const id = this.#ids.get(toolCallId) ?? fittedId(toolCallId, undefined, this.#server);
        const named = id === toolCallId ? block : { ...block, toolCallId: id };
        return this.#own(
          typeof content === 'string' || !content.some((part) => withRegisteredType(part) !== part)
            ? named
            : { ...named, content: content.map(withRegisteredType) },
        );
      }
      default:
        return this.#own(block);
    }
  }

  /** Arguments that were no JSON have an object in their place: integrations see no other kind. */
  #call(block: ToolCallBlock): ToolCallBlock {
    const id = fittedId(block.id, block.owner, this.#server);
    this.#ids.set(block.id, id);
    if (block.invalid !== true) return id === block.id ? block : { ...block, id };
    const { invalid: _invalid, argumentsText: _text, ...call } = block;
    return { ...call, id, arguments: sentArguments(block) };
  }

  /** What is left of a block for this server; nothing where it was another's, and opaque altogether. */
  #own(block: ContentBlock): readonly ContentBlock[] {
    // The mark is core's own: no integration is to send it.
    const { owner, ...rest } = block as ContentBlock & { readonly owner?: unknown };
    const own = rest as ContentBlock;
    if (typeof owner !== 'string') {
      if (!this.#isNobodys(block)) return [block];
      this.#strangers.set(NOBODY, new Set(['reasoning']));
      return [];
    }
    if (owner === this.#server.owner) return [own];
    const leave = (what: string): void =>
      void this.#strangers.set(owner, (this.#strangers.get(owner) ?? new Set()).add(what));
    if (!isKnownBlock(own)) {
      leave(`blocks of the type ${own.type}`);
      return [];
    }
    switch (own.type) {
      case 'reasoning':
        leave('reasoning');
        return [];
      case 'text': {
        const { type, text, citations } = own;
        leave('what belongs to a text');
        return [defined({ type, text, citations: citations?.map(plainCitation) })];
      }
      case 'tool-call': {
        const { type, id, name, arguments: args } = own;
        if (own.providerMetadata !== undefined) leave('what belongs to a tool call');
        return [{ type, id, name, arguments: args }];
      }
      default: {
        const { providerMetadata: _opaque, ...known } = own;
        leave(`what belongs to a block of the type ${own.type}`);
        return [known];
      }
    }
  }

  /** Reasoning that means something to one server alone, and does not say to which. */
  #isNobodys(block: ContentBlock): boolean {
    if (!isKnownBlock(block) || block.type !== 'reasoning') return false;
    const isSigned = (block.signature ?? block.encrypted) !== undefined;
    return isSigned && block.providerMetadata?.[this.#server.provider] === undefined;
  }

  /** C-08: what is not declared is a preference, which `strict` makes `unsupported`. */
  warnings(strict: boolean): readonly Warning[] {
    const { provider, model } = this.#asking;
    const undeclared = [...this.#undeclared].map(([capability, setting]): Warning => {
      const more = capability === 'caching' ? 'A provider that caches by itself needs none. ' : '';
      const message = `${setting} was left out: ${model} is not declared to take any. ${more}Declare metadata.capabilities.${capability} for a model that does.`;
      if (strict) throw new MortiseError('unsupported', message, { provider, model });
      return { type: 'unsupported-setting', setting, message };
    });
    const strangers = [...this.#strangers].map(([owner, what]): Warning => {
      const why =
        owner === NOBODY
          ? `it does not say whose it is (providerMetadata.${provider} would)`
          : `only ${owner}, which sent it, can read it`;
      const message = `Left out, since ${why}, and this is ${this.#server.owner}: ${[...what].join(', ')}.`;
      return { type: 'other', setting: 'messages', message };
    });
    return [...undeclared, ...strangers];
  }
}

const NOBODY = '';

function plainCitation({ providerMetadata: _opaque, ...citation }: CitationBlock): CitationBlock {
  return citation;
}

/** Names that people and tools give to types which no registry has and providers refuse. */
const REGISTERED: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
]);

function withRegisteredType<B extends ContentBlock>(block: B): B {
  if (block.type !== 'image') return block;
  const { source } = block as { readonly source: MediaSource };
  const said = REGISTERED.get(source.mediaType?.toLowerCase() ?? '');
  if (said !== undefined) return { ...block, source: { ...source, mediaType: said } };
  const [, named = ''] = 'url' in source ? (/^data:([^;,]{1,40})[;,]/i.exec(source.url) ?? []) : [];
  const mediaType = REGISTERED.get(named.toLowerCase());
  if (mediaType === undefined || !('url' in source)) return block;
  return { ...block, source: { ...source, url: source.url.replace(/^[^;,]*/, `data:${mediaType}`) } };
}
