import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, root } from './workspace.ts';

/** A fenced block of a Markdown file that shows a file of the repository. */
const EMBEDDED = /<!-- file: (\S+) -->\n+```(\w+)\n([\s\S]*?)```/g;

export interface DocsProblem {
  readonly file: string;
  readonly message: string;
}

/** `text` with every embedded block as its file stands now. */
export function embedFiles(text: string, read: (path: string) => string): string {
  return text.replaceAll(EMBEDDED, (_block, path: string, language: string) => {
    return `<!-- file: ${path} -->\n\n\`\`\`${language}\n${read(path).trimEnd()}\n\`\`\``;
  });
}

/** What stands in the docs and is not so: embedded programs that differ from their files, links to nowhere. */
export function checkDocs(workspace: string, files: readonly string[]): DocsProblem[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(workspace, file), 'utf8');
    return [...checkEmbedded(workspace, file, text), ...checkLinks(workspace, file, text)];
  });
}

function checkEmbedded(workspace: string, file: string, text: string): DocsProblem[] {
  const missing = [...text.matchAll(EMBEDDED)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(workspace, path)));
  if (missing.length > 0)
    return missing.map((path) => ({ file, message: `shows ${path}, which does not exist` }));
  const current = embedFiles(text, (path) => readFileSync(join(workspace, path), 'utf8'));
  return current === text
    ? []
    : [{ file, message: 'shows a program that differs from its file; run `node tooling/docs.ts`' }];
}

function checkLinks(workspace: string, file: string, text: string): DocsProblem[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(workspace, file, '..', target)))
    .map((target) => ({ file, message: `links to ${target}, which does not exist` }));
}

if (import.meta.main) {
  for (const file of documents()) {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    const current = embedFiles(text, (source) => readFileSync(join(root, source), 'utf8'));
    if (current !== text) writeFileSync(path, current);
  }
}
