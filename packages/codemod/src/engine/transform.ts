import { posix } from 'node:path';
import { Project, ts } from 'ts-morph';
import type { Library } from './contract.ts';
import { rewriteFile, type FileOutcome } from './rewrite-file.ts';

/** A file as it was read. */
export interface CodeFile {
  /** With `/`. */
  readonly path: string;
  readonly text: string;
}

/** How files are changed, and who hears of it. */
export interface TransformOptions {
  /** Changes what can be changed in files of which something cannot. Default: false, such files stay as they are. */
  readonly partial?: boolean | undefined;
  /** Called before each file that may import the library: `done` counts it, `total` is of these files alone. */
  readonly onProgress?: ((progress: { done: number; total: number; path: string }) => void) | undefined;
}

/** What becomes of each file. Nothing is read or written; files that do not import the library are given back as they are. */
export function transform(
  library: Library,
  files: readonly CodeFile[],
  options: TransformOptions = {},
): FileOutcome[] {
  const { onProgress, partial } = options;
  const ours = files.filter(({ text }) => mayImport(library, text));
  if (ours.length === 0) return files.map(untouchedOutcome);
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: {
      allowJs: true,
      noLib: true,
      noResolve: true,
      target: ts.ScriptTarget.Latest,
      jsx: ts.JsxEmit.Preserve,
    },
  });
  const sources = new Map(
    ours.map(({ path, text }, index) => [
      path,
      project.createSourceFile(`/${index}/${posix.basename(path)}`, text),
    ]),
  );
  const together = connections(files);
  const byPath = new Map(files.map(({ path, text }) => [path, text]));
  let done = 0;
  return files.map((file) => {
    const source = sources.get(file.path);
    const untouched = untouchedOutcome(file);
    if (source === undefined) return untouched;
    onProgress?.({ done: (done += 1), total: ours.length, path: file.path });
    const broken = project.getProgram().getSyntacticDiagnostics(source)[0];
    if (broken !== undefined) {
      const message = `It does not parse: ${ts.flattenDiagnosticMessageText(broken.compilerObject.messageText, ' ')} Mend it, and run again.`;
      return {
        ...untouched,
        state: 'left',
        listed: [{ line: broken.getLineNumber() ?? 1, construct: 'syntax', message }],
      };
    }
    const setElsewhere = (setting: string): boolean =>
      [...together(file.path)].some(
        (other) =>
          other !== file.path &&
          new RegExp(`\\bSettings\\s*\\.\\s*${setting}\\s*=[^=]`).test(byPath.get(other) ?? ''),
      );
    // A byte order mark is no part of what the compiler gives back.
    const mark = file.text.startsWith('\uFEFF') ? '\uFEFF' : '';
    const outcome = rewriteFile(source, library, { partial, setElsewhere });
    const after = outcome.after === outcome.before ? file.text : mark + outcome.after.replace(/^\uFEFF/, '');
    return checked({ ...outcome, path: file.path, before: file.text, after });
  });
}

function untouchedOutcome({ path, text }: CodeFile): FileOutcome {
  return {
    ...{ path, before: text, after: text, state: 'untouched' },
    ...{ listed: [], notes: [], met: {}, needs: [], had: [] },
  };
}

/** What does not parse is not written: that would be a fault of the codemod. */
function checked(outcome: FileOutcome): FileOutcome {
  if (outcome.after === outcome.before) return outcome;
  const kind = /\.(?:tsx|jsx)$/.test(outcome.path) ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const parsed = ts.createSourceFile(
    outcome.path,
    outcome.after,
    ts.ScriptTarget.Latest,
    false,
    kind,
  ) as ts.SourceFile & {
    readonly parseDiagnostics?: readonly unknown[];
  };
  if ((parsed.parseDiagnostics ?? []).length === 0) return outcome;
  const message =
    'The codemod would have written what does not parse. Please report it; the file is as it was.';
  return {
    ...outcome,
    after: outcome.before,
    state: 'left',
    needs: [],
    notes: [],
    listed: [{ line: 1, construct: 'codemod', message }],
  };
}

function mayImport(library: Library, text: string): boolean {
  return ts.preProcessFile(text, true, true).importedFiles.some(({ fileName }) => library.owns(fileName));
}

/**
 * The files that run in one process with each file, as far as relative imports tell: everything that is reached from whatever
 * reaches the file.
 */
function connections(files: readonly CodeFile[]): (path: string) => ReadonlySet<string> {
  const known = new Map(files.map(({ path }) => [path.replace(/\.[mc]?[jt]sx?$/, ''), path]));
  const forth = new Map<string, Set<string>>(files.map(({ path }) => [path, new Set()]));
  const back = new Map<string, Set<string>>(files.map(({ path }) => [path, new Set()]));
  for (const { path, text } of files) {
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const target = posix.join(posix.dirname(path), fileName).replace(/\.[mc]?[jt]sx?$/, '');
      const other = known.get(target) ?? known.get(`${target}/index`);
      if (other === undefined) continue;
      forth.get(path)?.add(other);
      back.get(other)?.add(path);
    }
  }
  return (path) => reached(forth, [...reached(back, [path])]);
}

function reached(edges: ReadonlyMap<string, ReadonlySet<string>>, from: readonly string[]): Set<string> {
  const found = new Set(from);
  // A set that grows while it is walked hands out what was added.
  for (const path of found) for (const next of edges.get(path) ?? []) found.add(next);
  return found;
}
