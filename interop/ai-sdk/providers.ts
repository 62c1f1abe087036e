import { fromAISDK, type AISDKLanguageModel } from '@mortise/ai-sdk';
import type { LLMDialect, WireTarget } from '@mortise/conformance';
import type { LLM, LLMMetadata } from '@mortise/core';
import * as anthropic from './cli/anthropic.ts';
import * as google from './cli/google.ts';
import * as mistral from './cli/mistral.ts';
import * as openAIChat from './cli/openai-chat.ts';
import * as openAICompatible from './cli/openai-compatible.ts';
import * as openAIResponses from './cli/openai-responses.ts';

export { KEY } from './cli/settings.ts';

/** How one of their providers is reached, and the wire that it speaks: what `mortise-conformance --ai-sdk` takes. */
export interface Peer {
  readonly name: string;
  readonly dialect: LLMDialect;
  /** What an application says of a server that nobody knows. */
  readonly capabilities?: LLMMetadata['capabilities'];
  /** Why what is not declared is not there. */
  readonly reasons?: Readonly<Record<string, string>>;
  create(target: WireTarget): AISDKLanguageModel;
}

export const peers: readonly Peer[] = [
  ...[openAIChat, openAIResponses, openAICompatible, anthropic, google, mistral],
].map(({ default: create, ...module }) => ({ ...module, create }));

/** Their model as ours, as the suite takes it. */
export function bridged(peer: Peer, target: WireTarget): LLM {
  const { capabilities } = peer;
  const metadata = capabilities === undefined ? {} : { metadata: { capabilities } };
  return fromAISDK(peer.create(target), { ...target.settings, ...metadata });
}
