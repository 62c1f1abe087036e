/** `node --conditions=mortise-source ai-sdk/page.ts` writes what was proved into the guide; a test holds the guide to it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { llmConformance, type ConformanceResults } from '@mortise/conformance';
import { left } from './left.ts';
import { bridged, peers, type Peer } from './providers.ts';

const page = join(import.meta.dirname, '../../docs/guides/ai-sdk.md');
const MARKS = /<!-- interop -->[^]*?<!-- \/interop -->/;

/** The suite's cases that count for a provider of theirs: those whose features are declared. */
function countedOf(peer: Peer): number {
  const it = Object.assign(() => undefined, { skip: () => undefined });
  const results: ConformanceResults = llmConformance(
    { describe: (_name, body) => body(), it },
    {
      create: (target) => bridged(peer, target),
      dialect: peer.dialect,
      declares: bridged(peer, { url: 'http://127.0.0.1:1', settings: {} }).metadata.capabilities,
      reasons: peer.reasons ?? {},
      name: peer.name,
    },
  );
  return results.cases.filter(({ status }) => status !== 'skipped').length;
}

/** The guide with the figures and the list as they are. */
export function written(text = readFileSync(page, 'utf8')): string {
  const figures = peers.map((peer) => {
    const [cases, open] = [countedOf(peer), Object.keys(left[peer.name] ?? {}).length];
    return `| \`${peer.name}\` | ${cases - open} of ${cases} | ${open} |`;
  });
  const reasons = new Map<string, string[]>();
  for (const [name, cases] of Object.entries(left))
    for (const [id, reason] of Object.entries(cases)) {
      const key = `\`${id}\` | ${reason}`;
      reasons.set(key, [...(reasons.get(key) ?? []), name.replace('@ai-sdk/', '')]);
    }
  const rows = [...reasons].map(([key, names]) => `| ${key} | ${names.join('; ')} |`);
  const tables = [
    ['| their package | passed | left open |', '| --- | --- | --- |', ...figures],
    ['| case | what their package does | which |', '| --- | --- | --- |', ...rows],
  ].map((lines) => lines.join('\n'));
  return text.replace(MARKS, () => `<!-- interop -->\n\n${tables.join('\n\n')}\n\n<!-- /interop -->`);
}

if (import.meta.main) writeFileSync(page, written());
