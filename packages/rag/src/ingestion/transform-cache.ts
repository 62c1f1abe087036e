import { canonicalJson } from '@mortise/core/shared';
import { nodeFromJson, nodeToJson, type Node } from '@mortise/core/retriever';
import type { KeyValueStore } from '@mortise/core/store';
import type { Transform, TransformOptions } from '@mortise/core/transform';
import { guarded } from './guard.ts';
import { fingerprintOf } from './version.ts';

const NAMESPACE = 'transform';

/**
 * Runs the transforms one after the other, each through the cache. The key is over the transform's fingerprint and the
 * whole of every node, its id and links included: a node of equal content and another document is another entry (I-02).
 */
export async function transformed(
  input: readonly Node[],
  transforms: readonly Transform[],
  cache: KeyValueStore | undefined,
  options: TransformOptions,
): Promise<Node[]> {
  let nodes = [...input];
  for (const transform of transforms) {
    options.signal?.throwIfAborted();
    nodes = await once(transform, nodes, cache, options);
  }
  return nodes;
}

async function once(
  transform: Transform,
  nodes: readonly Node[],
  cache: KeyValueStore | undefined,
  options: TransformOptions,
): Promise<Node[]> {
  const { fingerprint } = transform;
  const { signal } = options;
  if (cache === undefined || fingerprint === undefined || isSplitter(transform)) {
    return transform.transform(nodes, options);
  }
  const key = transformKey(fingerprint, nodes);
  const kept = await guarded(cache, 'read', signal, () => cache.get(key, { signal, namespace: NAMESPACE }));
  const known = nodesOf(kept);
  if (known !== undefined) return known;
  const made = await transform.transform(nodes, options);
  const value = made.map(nodeToJson);
  await guarded(cache, 'written', signal, () => cache.set(key, value, { signal, namespace: NAMESPACE }));
  return made;
}

export function transformKey(fingerprint: string, nodes: readonly Node[]): string {
  return fingerprintOf(
    'mortise-transform-1',
    fingerprint,
    ...nodes.map((node) => canonicalJson(nodeToJson(node))),
  );
}

/** Cutting again is quicker than looking it up. */
function isSplitter(transform: Transform): boolean {
  return 'split' in transform && 'maxTokens' in transform;
}

/** An entry that is not what it should be is a miss. */
function nodesOf(value: unknown): Node[] | undefined {
  if (!Array.isArray(value)) return undefined;
  try {
    return value.map(nodeFromJson);
  } catch {
    return undefined;
  }
}
