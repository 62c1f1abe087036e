/** A vendor's package in an empty folder: it has the tarballs and nothing else of the repository. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBeside, tarballOf } from './shell.ts';
import { publishedPackages, root } from './workspace.ts';

/** What a model of text alone skips, whose wire does not tell queries from documents nor what it cut or warns of. */
const SKIPPED = 'embed.kind,blocks.sent,blocks.equal,blocks.malformed,embed.truncated,embed.warned';

const NEEDED = ['@mortise/core', '@mortise/conformance'];

interface Report {
  readonly implementations: readonly {
    readonly name: string;
    readonly passed: Readonly<Record<string, readonly string[]>>;
    readonly failed: readonly unknown[];
    readonly skipped: readonly { readonly id: string }[];
  }[];
}

/** Installs the kit into `folder`, compiles against its declarations, runs its suites under `node:test`, and has its report written. */
export async function proveVendor(tarballs: string, folder: string, node: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'acme-mortise', private: true, type: 'module' }),
  );
  cpSync(join(root, 'tooling/vendor'), folder, { recursive: true });
  const files = publishedPackages()
    .filter(({ manifest }) => NEEDED.includes(manifest.name))
    .map(({ manifest }) => join(tarballs, tarballOf(manifest)));
  // They depend on nothing else, so that no registry is asked.
  await runBeside('npm', ['install', '--offline', '--no-audit', '--no-fund', ...files], { cwd: folder });
  const compilerOptions = {
    module: 'nodenext',
    target: 'ES2024',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    rewriteRelativeImportExtensions: true,
    outDir: 'built',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  await runBeside('tsc', ['--project', folder]);
  const env = { ...process.env, MORTISE_CONFORMANCE: join(folder, 'results') };
  await runBeside(node, ['--test', 'built/conformance.js'], { cwd: folder, env });
  console.log(
    await runBeside(node, ['node_modules/.bin/mortise-conformance', 'report'], { cwd: folder, env }),
  );

  const { implementations } = JSON.parse(readFileSync(join(folder, 'conformance.json'), 'utf8')) as Report;
  const [acme, score, ...others] = implementations;
  const passed = Object.values(acme?.passed ?? {}).flat().length;
  const skipped = acme?.skipped.map(({ id }) => id).join();
  if (
    acme?.name !== 'acme' ||
    score?.name !== 'acme-score' ||
    others.length > 0 ||
    passed < 50 ||
    Object.values(score.passed).flat().length < 20 ||
    acme.failed.length + score.failed.length > 0 ||
    skipped !== SKIPPED
  )
    throw new Error(`The vendor's report is not what it should be: ${JSON.stringify(implementations)}`);
  const page = readFileSync(join(folder, 'conformance.md'), 'utf8');
  if (!page.includes('Acme embeds queries and documents alike.'))
    throw new Error("The vendor's page does not give the reason for what is skipped.");
}
