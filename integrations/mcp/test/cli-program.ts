import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

export const TOKEN = 'a-token-of-sixteen-or-more';

/** As the tests run: on the sources, or on what is published. */
const folder = dirname(fileURLToPath(import.meta.resolve('@mortise/mcp/package.json')));
export const program =
  process.env['MORTISE_TARBALLS'] === '1'
    ? [join(folder, 'dist/cli.js')]
    : ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', join(folder, 'src/cli.ts')];

/** Where documents and caches are, while the tests of a file run. */
export const places = { docs: '', caches: '' };

export const env = () => ({ XDG_CACHE_HOME: places.caches, MCP_TOKEN: TOKEN });

beforeAll(() => {
  places.docs = mkdtempSync(join(tmpdir(), 'mortise-mcp-docs-'));
  places.caches = mkdtempSync(join(tmpdir(), 'mortise-mcp-caches-'));
  writeFileSync(join(places.docs, 'cats.md'), '# Cats\n\nCats sleep sixteen hours a day.\n');
  writeFileSync(join(places.docs, 'dogs.md'), '# Dogs\n\nDogs like to fetch sticks.\n');
});

afterAll(() => {
  for (const each of Object.values(places)) rmSync(each, { recursive: true, force: true });
});
