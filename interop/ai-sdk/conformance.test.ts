import { llmConformance } from '@mortise/conformance';
import { except } from './except.ts';
import { left } from './left.ts';
import { bridged, peers } from './providers.ts';

for (const peer of peers) {
  llmConformance(except(left[peer.name] ?? {}), {
    create: (target) => bridged(peer, target),
    dialect: peer.dialect,
    declares: bridged(peer, { url: 'http://127.0.0.1:1', settings: {} }).metadata.capabilities,
    reasons: peer.reasons ?? {},
    name: peer.name,
  });
}
