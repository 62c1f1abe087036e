/** The part of `AsyncLocalStorage` that carries a span's id across awaits. */
export interface ContextStorage {
  getStore(): string | undefined;
  run<T>(spanId: string | undefined, fn: () => T): T;
}

interface AsyncHooks {
  AsyncLocalStorage: new () => ContextStorage;
}

/**
 * Node, Bun, Deno and workerd hand out `AsyncLocalStorage` here, without an import that a browser could not resolve.
 * Where there is none, parents pass through the `parent` option.
 */
export function defaultContextStorage(): ContextStorage | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as Partial<AsyncHooks> | undefined;
  return hooks?.AsyncLocalStorage === undefined ? undefined : new hooks.AsyncLocalStorage();
}
