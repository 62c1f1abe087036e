/** The site as it is written: `docs/` is watched, and a page is shown again when its file changes. */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vitepress';
import { publishedPackages, root } from '../tooling/workspace.ts';
import { unbuilt } from './reference.ts';
import { clear, readSite, stage } from './stage.ts';

const missing = unbuilt(publishedPackages());
if (missing.length > 0)
  console.info(`${missing.length} packages are not built and have no reference; \`pnpm build\` makes it.`);

clear();
stage(readSite());
const server = await createServer(import.meta.dirname);
await server.listen();
server.printUrls();

/** Editors write a file in several steps. */
let waiting: NodeJS.Timeout | undefined;
for (const folder of ['docs', 'site']) {
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (name?.endsWith('.md') !== true || /(?:^|[\\/])dist[\\/]/.test(name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => stage(readSite()), 100);
  });
}
