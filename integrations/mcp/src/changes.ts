import type { McpClient, McpSubscription } from './client.ts';

const METHOD = 'notifications/tools/list_changed';
/** Milliseconds between two readings: a server may tell of a change with every breath. */
const REST_MS = 500;
/** Milliseconds until changes are listened to again after a connection broke, doubled up to the second. */
const AGAIN_MS = 1_000;
const MOST_AGAIN_MS = 60_000;

/** Who wants to know of changes, by client: the SDK has one handler for each. */
const LISTENERS = new WeakMap<McpClient, Set<() => void>>();

export interface Changes {
  close(): void;
}

/** Calls `changed` after a client's server changed its tools; never twice at once, and with a rest between. */
export function changesOf(clients: readonly McpClient[], changed: () => Promise<void>): Changes {
  const told = calmly(changed);
  const stops = [...new Set(clients)].flatMap((client) => {
    if (client.getServerCapabilities()?.tools?.listChanged !== true) return [];
    return [
      listen(client, told.tell),
      ...(client.getProtocolEra() === 'modern' ? [subscribe(client, told.tell)] : []),
    ];
  });
  return {
    close() {
      told.stop();
      for (const stop of stops) stop();
    },
  };
}

/** What comes while one is under way makes one more, however much it is. */
function calmly(run: () => Promise<void>): { tell: () => void; stop: () => void } {
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  const loop = async (): Promise<void> => {
    isRunning = true;
    while (isWanted && !isStopped) {
      isWanted = false;
      // What the application's callbacks throw ends nothing here.
      await run().catch(() => undefined);
      await rest(REST_MS);
    }
    isRunning = false;
  };
  return {
    tell() {
      isWanted = true;
      if (!isRunning && !isStopped) void loop();
    },
    stop() {
      isStopped = true;
    },
  };
}

function listen(client: McpClient, told: () => void): () => void {
  const known = LISTENERS.get(client);
  const listeners = known ?? new Set();
  listeners.add(told);
  if (known === undefined) {
    LISTENERS.set(client, listeners);
    client.setNotificationHandler(METHOD, () => {
      for (const each of listeners) each();
    });
  }
  return () => {
    listeners.delete(told);
    if (listeners.size > 0) return;
    LISTENERS.delete(client);
    client.removeNotificationHandler(METHOD);
  };
}

/** A server of 2026-07-28 tells of changes to those who ask. */
function subscribe(client: McpClient, told: () => void): () => void {
  let open: McpSubscription | undefined;
  let isStopped = false;
  const stop = (subscription: McpSubscription | undefined): void => {
    subscription?.close().catch(() => undefined);
  };
  const loop = async (): Promise<void> => {
    for (let wait = AGAIN_MS; !isStopped; wait = Math.min(wait * 2, MOST_AGAIN_MS)) {
      try {
        open = await client.listen({ toolsListChanged: true });
        if (isStopped) return stop(open);
        // What changed while nobody listened.
        if (wait > AGAIN_MS) told();
        if ((await open.closed) !== 'remote') return;
      } catch {
        // It has no connection, or no room: once more, later.
      }
      open = undefined;
      await rest(wait);
    }
  };
  void loop();
  return () => {
    isStopped = true;
    stop(open);
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, ms);
    // Nobody's process stays alive for it.
    (timer as { unref?: () => void }).unref?.();
  });
}
