import type { CallOptions } from '@mortise/core';
import { raceAbort } from '@mortise/core/call';
import { inSpan } from '@mortise/core/events';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';

/** Says which of these nodes the reader may see. */
export type FrozenPermissions = (
  ids: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<readonly string[]>;

/** Leaves out what the reader may not see, which a service of the application knows. */
export class FrozenPermissionFilter implements NodePostprocessor {
  readonly #permissions: FrozenPermissions;

  constructor(permissions: FrozenPermissions) {
    this.#permissions = permissions;
  }

  postprocess(
    _query: QueryInput,
    nodes: readonly NodeWithScore[],
    { signal, parent }: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return inSpan('frozen:permissions', { parent, attributes: { nodes: nodes.length } }, async () => {
      signal?.throwIfAborted();
      if (nodes.length === 0) return [];
      const asked = this.#permissions(
        nodes.map(({ node }) => node.id),
        signal,
      );
      const allowed = new Set(await (signal === undefined ? asked : raceAbort(asked, signal)));
      return nodes.filter(({ node }) => allowed.has(node.id));
    });
  }
}
