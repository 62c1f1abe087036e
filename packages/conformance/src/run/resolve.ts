import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join, resolve } from 'node:path';
import { isObject } from '@mortise/core/shared';

/** What `import` asks for, in any order: the exports of a package say which of them comes first. */
const CONDITIONS: readonly string[] = ['node', 'import', 'module-sync', 'default'];

/** The file that a program in `folder` would get for an entry of a package; undefined where it would get none. */
export function resolveEntry(folder: string, name: string, subpath = '.'): string | undefined {
  const require = nodeModule.createRequire(resolve(folder, 'package.json'));
  try {
    return require.resolve(name + subpath.slice(1));
  } catch {
    // `require` does not see an entry that is for `import` alone.
    const package_ = (require.resolve.paths(name) ?? []).map((path) => join(path, name)).find(existsSync);
    return package_ === undefined ? undefined : exported(package_, subpath);
  }
}

function exported(folder: string, subpath: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { exports } = manifest as { readonly exports?: unknown };
  const target = targetOf(isObject(exports) && subpath in exports ? exports[subpath] : undefined);
  return target === undefined ? undefined : join(folder, target);
}

function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (!isObject(target)) return undefined;
  return Object.entries(target)
    .filter(([condition]) => CONDITIONS.includes(condition))
    .map(([, nested]) => targetOf(nested))
    .find((found) => found !== undefined);
}

/**
 * Gives this copy of the kit to what is loaded from now on and has none beside it, so that `npx` alone is enough. Node.js 22.13
 * and 22.14 cannot; there the kit has to be installed.
 */
export function lendKit(): void {
  const { registerHooks } = nodeModule as Partial<typeof nodeModule>;
  registerHooks?.({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (specifier !== '@mortise/conformance') throw error;
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
