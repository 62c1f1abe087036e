/**
 * `node tooling/sbom.ts DIR [NAME...]`: a bill of materials in CycloneDX for each package, as the lock file has it. They are attached to a
 * release: what was in the tree that a package was built and tested with. Fails where one of them does not say what it must.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './shell.ts';
import { publishedPackages, type Manifest } from './workspace.ts';

interface Component {
  readonly purl?: string;
  readonly 'bom-ref'?: string;
  readonly version?: string;
  readonly licenses?: readonly unknown[];
}

export interface Bill {
  readonly bomFormat?: string;
  readonly specVersion?: string;
  readonly serialNumber?: string;
  readonly metadata?: { readonly timestamp?: string; readonly component?: Component };
  readonly components?: readonly Component[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** The address of a package in a bill: https://github.com/package-url/purl-spec. */
export function purlOf({ name, version }: Pick<Manifest, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** What a bill must have, of the CycloneDX schema and of us: the package itself, each of its dependencies, and no loose end. */
export function billProblems(bill: Bill, manifest: Manifest): string[] {
  const { metadata, components = [], dependencies = [] } = bill;
  const purl = purlOf(manifest);
  const refs = new Set([metadata?.component, ...components].map((each) => each?.['bom-ref']));
  const own = dependencies.find(({ ref }) => ref === metadata?.component?.['bom-ref'])?.dependsOn ?? [];
  const missing = Object.keys(manifest.dependencies ?? {}).filter(
    (name) => !own.some((ref) => ref.startsWith(purlOf({ name, version: '' }))),
  );
  const loose = dependencies
    .flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn])
    .filter((ref) => !refs.has(ref));
  const bare = components.filter((each) => !each.purl || !each.version);
  const isWhole =
    bill.bomFormat === 'CycloneDX' &&
    /^1\.[5-9]$/.test(bill.specVersion ?? '') &&
    /^urn:uuid:[0-9a-f-]{36}$/.test(bill.serialNumber ?? '') &&
    !Number.isNaN(Date.parse(metadata?.timestamp ?? ''));
  return [
    ...(isWhole ? [] : ['it is not a CycloneDX document of 1.5 or newer, with a number and a time']),
    ...(metadata?.component?.purl === purl ? [] : [`it is of ${metadata?.component?.purl}, not of ${purl}`]),
    ...missing.map((name) => `it lacks the dependency ${name}`),
    ...loose.map((ref) => `it refers to ${ref}, which it does not have`),
    ...bare.map((each) => `a component has no address or no version: ${JSON.stringify(each)}`),
  ].map((problem) => `The bill of materials of ${manifest.name}: ${problem}.`);
}

if (import.meta.main) {
  const [, , folder, ...names] = process.argv;
  if (folder === undefined) throw new Error('Say where to: node tooling/sbom.ts DIR [NAME...]');
  const manifests = publishedPackages()
    .map(({ manifest }) => manifest)
    .filter(({ name }) => names.length === 0 || names.includes(name));
  const filters = manifests.flatMap(({ name }) => ['--filter', name]);
  const out = join(resolve(folder), '%s-%v.cdx.json');
  run('pnpm', ['sbom', '--sbom-format', 'cyclonedx', '--split', '--prod', '--out', out, ...filters], {
    quiet: true,
  });
  const bills = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Bill,
  );
  const problems = manifests.flatMap((manifest) => {
    const bill = bills.find(({ metadata }) => metadata?.component?.purl === purlOf(manifest));
    return bill === undefined
      ? [`There is no bill of materials of ${manifest.name}.`]
      : billProblems(bill, manifest);
  });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${bills.length} bills of materials in ${folder}`);
}
