import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import type { Package } from './workspace.ts';

const SUITES = '@mortise/conformance';

/** Rules on one source file of a published package. Each problem names the place and the fix. */
export function importProblems(pkg: Package, path: string, text: string): string[] {
  const inSource = path.startsWith(`${pkg.folder}/src/`);
  // Of tests only the imports matter, and finding those takes no parser; that says in which line they stand.
  if (!inSource && specifiersOf(text).every((specifier) => testImport(pkg, path, specifier) === undefined))
    return [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const problems: string[] = [];
  const report = (node: ts.Node, problem: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    problems.push(`${path}:${line + 1}: ${problem}`);
  };

  const visit = (node: ts.Node, inFunction: boolean): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const problem = inSource ? sourceImport(pkg, path, specifier) : testImport(pkg, path, specifier);
      if (problem) report(node, problem);
    }
    if (inSource && !inFunction && isAwait(node)) {
      report(node, 'no top-level await, since require() of the package would throw: load on the first call');
    }
    if (inSource && isInstanceOfMortiseError(node, file)) {
      report(node, 'use isMortiseError(error): with two copies of core installed, instanceof is false');
    }
    ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(file, false);
  return problems;
}

const specifiersOf = (text: string): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

function specifierOf(node: ts.Node): string | undefined {
  let argument: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) argument = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) argument = node.argument.literal;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    argument = node.arguments[0];
  return argument && ts.isStringLiteralLike(argument) ? argument.text : undefined;
}

function sourceImport({ folder, manifest }: Package, path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    if (!specifier.endsWith('.ts'))
      return `write "${specifier}" with its .ts extension: Node runs the sources`;
    const target = posix.join(posix.dirname(path), specifier);
    return target.startsWith(`${folder}/src/`)
      ? undefined
      : `"${specifier}" leaves ${folder}/src: import the package`;
  }
  if (manifest.name === '@mortise/core') {
    return `core imports nothing, so not "${specifier}": take it from globalThis or as an option`;
  }
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? undefined : `write "node:${specifier}"`;
  const name = packageOf(specifier);
  // A vendor that speaks OpenAI's wire builds on its functions, and says so in its package.json.
  const isWire = name === '@mortise/openai' && manifest.dependencies?.[name] !== undefined;
  // What is built of parsers, prompts and tools takes them from the toolkit, as a peer.
  const isToolkit = name === '@mortise/toolkit' && manifest.peerDependencies?.[name] !== undefined;
  // A program for the command line puts packages together, as an application does; the library beside it does not.
  const isProgram = /\/src\/cli(\/|\.ts$)/.test(path) && manifest.optionalDependencies?.[name] !== undefined;
  if (isProgram) return undefined;
  // What a package is held to uses the package as an application does, and the suites are a peer of that entry alone.
  const isHeld = path.startsWith(`${folder}/src/conformance/`);
  if (
    isHeld &&
    (name === manifest.name || (name === SUITES && manifest.peerDependencies?.[name] !== undefined))
  )
    return undefined;
  if (name.startsWith('@mortise/') && name !== '@mortise/core' && !isWire && !isToolkit) {
    return `only @mortise/core may be imported here, not ${name}: move what is shared into core`;
  }
  if (!manifest.dependencies?.[name] && !manifest.peerDependencies?.[name]) {
    return `${name} is not a dependency of ${manifest.name}, so it would be bundled: add it to package.json`;
  }
  return undefined;
}

function testImport({ folder }: Package, path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  // The suites run once more against the packed tarballs, where there is no src.
  if (/(^|\/)src\//.test(target)) return `import the package by its name, not "${specifier}"`;
  return target.startsWith(`${folder}/`) ? undefined : `"${specifier}" leaves ${folder}`;
}

const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const isAwait = (node: ts.Node) =>
  ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);

const isInstanceOfMortiseError = (node: ts.Node, file: ts.SourceFile) =>
  ts.isBinaryExpression(node) &&
  node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword &&
  node.right.getText(file) === 'MortiseError';
