import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root, sourceFiles } from './workspace.ts';

/** `M-03: `, or `X-01, X-02: ` where a test proves two rules. */
const RULES = /^[A-Z]-\d\d(?:, [A-Z]-\d\d)*: \S/;
const BEGINS_WITH_RULE = /^[A-Z]-\d\d\b/;
/** Most files have none, and need not be parsed. */
const MAY_LACK_COLON = /['"`][A-Z]-\d\d\b(?!(?:, [A-Z]-\d\d)*: \S)/;
const RUNNERS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);

/** Titles of tests that begin with the id of a rule and have no colon behind it, each with its file. */
export function titlesWithoutColon(base: string = root): string[] {
  return ['packages', 'integrations', 'examples', 'compat', 'tooling', 'site']
    .flatMap((folder) => sourceFiles(folder, base))
    .filter((file) => file.endsWith('.test.ts') || file.includes('/test/'))
    .flatMap((file) => {
      const text = readFileSync(join(base, file), 'utf8');
      return (MAY_LACK_COLON.test(text) ? titlesOf(text) : [])
        .filter((title) => BEGINS_WITH_RULE.test(title) && !RULES.test(title))
        .map((title) => `${file}: ${title}`);
    });
}

/** The titles given to `describe`, `it` and `test`, `it.each(...)` and the like included; of a template, its beginning. */
export function titlesOf(text: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && RUNNERS.has(runnerOf(node.expression))) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
      if (title !== undefined && ts.isTemplateExpression(title)) titles.push(`${title.head.text}...`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest, false));
  return titles;
}

/** `it` of `it`, `it.skip` and `it.each(rows)`. */
function runnerOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return runnerOf(node.expression);
  return '';
}
