import { answeredBy } from '../call/retry.ts';
import { sha256Hex } from '../shared/hash.ts';
import { isPlainCallId } from './call-ids.ts';
import type { CallIdFormat } from './tool-contract.ts';
import type { ContentBlock } from './message-contract.ts';
import { isKnownBlock } from './message.ts';

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
  let path = url.pathname;
  while (path.endsWith('/')) path = path.slice(0, -1);
  const place = /^(\/v\d{1,3})?$/.test(path) ? path : `/${sha256Hex(path).slice(0, 12)}`;
  return `${provider}@${url.host}${place}`;
}

/** A block of a reply with the server that it goes back to, where it holds something that only that server knows. */
export function stamped(block: ContentBlock, owner: string | undefined): ContentBlock {
  if (owner === undefined || block['owner' as never] !== undefined || !isOpaque(block)) return block;
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
