import { inspect } from '@mortise/inspector';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Opens a page that shows what the program does, with the words of questions, documents and answers: they are its user's own. It stays
 * open until the program is ended, so that what has happened can be looked at.
 */
export async function openInspector(write: (line: string) => void): Promise<void> {
  await buildItsPage();
  const { url } = await inspect({ content: true, hold: true });
  write(`The inspector: ${url}\nIt stays open until ctrl-C.\n`);
}

/** What is installed has its page; in this repository it is built when its sources are newer. */
async function buildItsPage(): Promise<void> {
  const folder = dirname(fileURLToPath(import.meta.resolve('@mortise/inspector/package.json')));
  const builder = join(folder, 'build-page.ts');
  if (!existsSync(builder)) return;
  const { buildPage } = (await import(pathToFileURL(builder).href)) as { buildPage: () => Promise<void> };
  await buildPage();
}
