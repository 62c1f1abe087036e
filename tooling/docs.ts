import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decisionsIndex, decisionsPage } from './decisions.ts';
import { documents, publishedPackages, root, type Package } from './workspace.ts';

/** A fenced block of a Markdown file that shows a file of the repository, or regions of one: `file.ts#imports+region`. */
const EMBEDDED = /<!-- file: (\S+) -->\n+```(\w+)\n([\s\S]*?)```/g;
/** A block of program text, with what stands before it. */
const PROGRAM = /(<!-- file: \S+ -->\n+)?^ *```(?:ts|tsx|js)\n([^\n]*)/gm;
/** Lines that begin and end a region; they are not shown. */
const MARKER = /^[ \t]*\/\/ #(?:region \S+|endregion)\n/gm;

export interface DocsProblem {
  readonly file: string;
  readonly message: string;
}

/** `text` with every embedded block as its file stands now. */
export function embedFiles(text: string, read: (path: string) => string): string {
  return text.replaceAll(EMBEDDED, (_block, path: string, language: string) => {
    return `<!-- file: ${path} -->\n\n\`\`\`${language}\n${shown(path, read)}\n\`\`\``;
  });
}

/** The table of the packages that are published, between its marks in the README. */
const TABLE = /<!-- packages -->[^]*?<!-- \/packages -->/;

/** `text` with the table of `packages`: each by its name and its own description. */
export function embedPackages(text: string, packages: readonly Package[]): string {
  const rows = packages.map(
    ({ folder, manifest }) => `| [\`${manifest.name}\`](${folder}) | ${manifest.description ?? ''} |`,
  );
  const table = ['| package | what it is |', '| --- | --- |', ...rows].join('\n');
  return text.replace(TABLE, () => `<!-- packages -->\n\n${table}\n\n<!-- /packages -->`);
}

/** What a page shows of `file.ts`, `file.ts#region` or `file.ts#imports+region`. A region that is not there throws. */
function shown(path: string, read: (path: string) => string): string {
  const [file = '', regions] = path.split('#');
  const text = read(file);
  if (regions === undefined) return text.replaceAll(MARKER, '').trimEnd();
  return regions
    .split('+')
    .map((region) => regionOf(text, file, region))
    .join('\n\n');
}

function regionOf(text: string, file: string, region: string): string {
  const [, lines] =
    new RegExp(`^[ \\t]*// #region ${region}\\n([^]*?)^[ \\t]*// #endregion`, 'm').exec(text) ?? [];
  if (lines === undefined) throw new Error(`${file} has no region ${region}`);
  const indents = lines.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...indents.map((line) => line.length - line.trimStart().length));
  return lines.replaceAll(new RegExp(`^ {${indent}}`, 'gm'), '').trimEnd();
}

/** What stands in the docs and is not so: embedded programs that differ from their files, links to nowhere. */
export function checkDocs(workspace: string, files: readonly string[]): DocsProblem[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(workspace, file), 'utf8');
    return [
      ...checkMarks(file, text),
      ...checkEmbedded(workspace, file, text),
      ...checkLinks(workspace, file, text),
      ...(isShown(file, text) ? checkRuns(file, text) : []),
    ];
  });
}

function checkEmbedded(workspace: string, file: string, text: string): DocsProblem[] {
  const missing = [...text.matchAll(EMBEDDED)]
    .map(([, path = '']) => path.split('#', 1)[0] as string)
    .filter((path) => !existsSync(join(workspace, path)));
  if (missing.length > 0)
    return missing.map((path) => ({ file, message: `shows ${path}, which does not exist` }));
  const current = embedFiles(text, (path) => readFileSync(join(workspace, path), 'utf8'));
  return current === text
    ? []
    : [{ file, message: 'shows a program that differs from its file; run `node tooling/docs.ts`' }];
}

/** A mark without a block below it shows nothing. */
function checkMarks(file: string, text: string): DocsProblem[] {
  return [...text.matchAll(/^<!-- file: (\S+) -->(?!\n+```)/gm)].map(([, path = '']) => ({
    file,
    message: `has no block for ${path}: put an empty one below it, and run \`node tooling/docs.ts\``,
  }));
}

/** Pages that readers copy programs from. A package that was scaffolded says what is left to do. */
function isShown(file: string, text: string): boolean {
  if (/^(?:packages|integrations)\/[\w-]+\/README\.md$/.test(file)) return !/^## To do$/m.test(text);
  // What a release brought is told as it was then.
  return file === 'README.md' || /^(?:docs(?!\/releases\/)|site|skills)\//.test(file);
}

/** A program that stands nowhere else is one that nobody type-checks or runs. */
function checkRuns(file: string, text: string): DocsProblem[] {
  return [...text.matchAll(PROGRAM)]
    .filter(([, marker]) => marker === undefined)
    .map(([, , line = '']) => ({
      file,
      message: `shows a program that CI does not run ("${line.trim()}"): move it to examples/guides and embed it by <!-- file: path#region -->`,
    }));
}

function checkLinks(workspace: string, file: string, text: string): DocsProblem[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(workspace, file, '..', target)))
    .map((target) => ({ file, message: `links to ${target}, which does not exist` }));
}

/** Writes what the pages show of files, of packages and of decisions. */
export function writeDocs(): void {
  writeFileSync(join(root, decisionsIndex), decisionsPage());
  for (const file of documents()) {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    const shown = embedFiles(text, (source) => readFileSync(join(root, source), 'utf8'));
    const current = embedPackages(shown, publishedPackages());
    if (current !== text) writeFileSync(path, current);
  }
}

if (import.meta.main) writeDocs();
