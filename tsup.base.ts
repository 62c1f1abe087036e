import { defineConfig } from 'tsup';

/** One build for every package: ESM, declarations, shared chunks, and nothing bundled that is declared. */
export function library(entry: string[], platform: 'neutral' | 'node' = 'node') {
  return defineConfig({
    entry,
    platform,
    format: 'esm',
    target: 'es2024',
    dts: true,
    splitting: true,
    sourcemap: true,
    clean: true,
  });
}
