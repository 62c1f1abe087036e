/**
 * Builds the site into `site/dist/site`: pages, their Markdown at the same addresses with `.md`, `llms.txt` and
 * `llms-full.txt`. A link that leads nowhere fails it. Packages must be built: the reference is made of what is shipped.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vitepress';
import { publishedPackages, root } from '../tooling/workspace.ts';
import { deadLinks } from './built.ts';
import { llmsFull, llmsTxt, MAX_FULL_BYTES, twinOf } from './llms.ts';
import { unbuilt } from './reference.ts';
import { clear, output, readSite, stage } from './stage.ts';

const missing = unbuilt(publishedPackages());
if (missing.length > 0) throw new Error(`Build the packages first, by \`pnpm build\`: ${missing.join(', ')}`);

clear();
const site = readSite();
stage(site);
await build(import.meta.dirname);

for (const page of site.pages) write(page.path, twinOf(page));
cpSync(join(root, 'docs/images'), join(output, 'images'), { recursive: true });
write('llms.txt', llmsTxt(`${site.origin}${site.base}`, site.pages, site.sidebar));
const full = llmsFull(site.pages, site.sidebar);
if (Buffer.byteLength(full) > MAX_FULL_BYTES)
  throw new Error(
    `llms-full.txt has ${Buffer.byteLength(full)} bytes; ${MAX_FULL_BYTES} are what a model can be given`,
  );
write('llms-full.txt', full);
// A host that runs Jekyll would leave out what begins with an underscore.
write('.nojekyll', '');

const dead = deadLinks(output, site.base);
for (const problem of dead) console.error(problem);
if (dead.length > 0) process.exitCode = 1;

function write(path: string, text: string): void {
  const file = join(output, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
