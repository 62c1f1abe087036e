import { answeredBy } from '../call/answered-by.ts';
import type { Warning } from '../call/contract.ts';
import { sha256Hex } from '../shared/hash.ts';
import { defined } from '../shared/json.ts';
import { fitCallIds, isPlainCallId } from './call-ids.ts';
import type { CallIdFormat } from './tool-contract.ts';
import type { ChatMessage, CitationBlock, ContentBlock, ReasoningBlock } from './message-contract.ts';
import { isKnownBlock, sentArguments } from './message.ts';

/** Who answers: opaque things go back to it, and to nobody else. */
export interface Server {
  readonly provider: string;
  /** Equal for two models exactly when what one sent means something to the other. */
  readonly owner: string;
  readonly callIds: CallIdFormat | undefined;
}

/**
 * C-14: the integration and the name that the application gave the server, or its base URL. What a URL may hold of
 * secrets (credentials, query, a token in its path) does not show: owners stand in messages, and messages are kept.
 */
export function ownerOf(provider: string, name: string | undefined, baseURL: string | undefined): string {
  const { server } = answeredBy(provider, { name });
  if (server !== undefined) return `${provider}:${server}`;
  if (baseURL === undefined) return provider;
  const url = URL.parse(baseURL);
  if (url === null) return `${provider}@${sha256Hex(String(baseURL)).slice(0, 16)}`;
  const path = trimmedPath(url.pathname);
  const place = /^(\/v\d{1,3})?$/.test(path) ? path : `/${sha256Hex(path).slice(0, 12)}`;
  return `${provider}@${url.host}${place}`;
}

function trimmedPath(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

/** A block of a reply with the server that it goes back to, where it holds something that only that server knows. */
export function stamped(block: ContentBlock, owner: string): ContentBlock {
  if (block['owner' as never] !== undefined || !isOpaque(block)) return block;
  return { ...block, owner };
}

function isOpaque(block: ContentBlock): boolean {
  if (!isKnownBlock(block) || block.providerMetadata !== undefined) return true;
  switch (block.type) {
    case 'text':
      return block.citations?.some(({ providerMetadata }) => providerMetadata !== undefined) === true;
    case 'reasoning':
      return block.signature !== undefined || block.encrypted !== undefined || block.id !== undefined;
    case 'tool-call':
      return !isPlainCallId(block.id);
    default:
      return false;
  }
}

/**
 * The messages as `server` is to see them: arguments of calls as objects, its own opaque things as they came, those of other servers left out, and ids
 * of calls and their results in a form that it takes. Blocks without an owner are the application's, and stay, but for
 * signed reasoning that names no provider: nobody knows whose it is.
 */
export function forServer(
  messages: readonly ChatMessage[],
  server: Server,
): { readonly messages: readonly ChatMessage[]; readonly warnings: readonly Warning[] } {
  const strangers = new Map<string, Set<string>>();
  const fitted = fitCallIds(messages, server);
  const seen = fitted.flatMap((message): readonly ChatMessage[] => {
    if (typeof message.content === 'string' || !message.content.some(needsWork)) return [message];
    const content = message.content.flatMap((block) => readable(withObject(block), server, strangers));
    // Providers refuse a message that says nothing.
    return content.length === 0 ? [] : [{ ...message, content }];
  });
  const warnings = [...strangers].map(([owner, what]) => leftOut(owner, what, server));
  return { messages: seen, warnings };
}

const NOBODY = '';

function leftOut(owner: string, what: ReadonlySet<string>, { provider, owner: own }: Server): Warning {
  const why =
    owner === NOBODY
      ? `it does not say whose it is (providerMetadata.${provider} would)`
      : `only ${owner}, which sent it, can read it`;
  const message = `Left out, since ${why}, and this is ${own}: ${[...what].join(', ')}.`;
  return { type: 'other', setting: 'messages', message };
}

function needsWork(block: ContentBlock): boolean {
  return ownerIn(block) !== undefined || isSigned(block) || withObject(block) !== block;
}

/** A call whose arguments were no JSON, with an object in their place: integrations see no other kind. */
function withObject(block: ContentBlock): ContentBlock {
  if (!isKnownBlock(block) || block.type !== 'tool-call' || block.invalid !== true) return block;
  const { invalid: _invalid, argumentsText: _text, ...call } = block;
  return { ...call, arguments: sentArguments(block) };
}

/** Reasoning that means something to one server alone. */
function isSigned(block: ContentBlock): boolean {
  const { type, signature, encrypted } = block as ReasoningBlock;
  return type === 'reasoning' && (signature ?? encrypted) !== undefined;
}

function ownerIn(block: ContentBlock): string | undefined {
  const { owner } = block as { readonly owner?: unknown };
  return typeof owner === 'string' ? owner : undefined;
}

/** What is left of a block for this server; nothing where it was opaque altogether. */
function readable(
  block: ContentBlock,
  server: Server,
  strangers: Map<string, Set<string>>,
): readonly ContentBlock[] {
  const owner = ownerIn(block);
  if (owner === undefined) {
    const { providerMetadata } = block as ReasoningBlock;
    if (!isSigned(block) || providerMetadata?.[server.provider] !== undefined) return [block];
    strangers.set(NOBODY, new Set(['reasoning']));
    return [];
  }
  // The mark is core's own: no integration is to send it.
  const { owner: _owner, ...rest } = block as ContentBlock & { readonly owner?: unknown };
  const own = rest as ContentBlock;
  if (owner === server.owner) return [own];
  const note = (what: string): void => {
    const known = strangers.get(owner);
    if (known === undefined) strangers.set(owner, new Set([what]));
    else known.add(what);
  };
  if (!isKnownBlock(own)) {
    note(`blocks of the type ${own.type}`);
    return [];
  }
  switch (own.type) {
    case 'reasoning':
      note('reasoning');
      return [];
    case 'text': {
      const { type, text, citations } = own;
      note('what belongs to a text');
      return [defined({ type, text, citations: citations?.map(plainCitation) })];
    }
    case 'tool-call': {
      const { type, id, name, arguments: args, invalid, argumentsText } = own;
      if (own.providerMetadata !== undefined) note('what belongs to a tool call');
      return [defined({ type, id, name, arguments: args, invalid, argumentsText })];
    }
    default: {
      const { providerMetadata: _opaque, ...known } = own;
      note(`what belongs to a block of the type ${own.type}`);
      return [known];
    }
  }
}

function plainCitation({ providerMetadata: _opaque, ...citation }: CitationBlock): CitationBlock {
  return citation;
}
