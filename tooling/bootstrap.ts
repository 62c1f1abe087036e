/**
 * `pnpm release:bootstrap`: the first release of each name. A registry lets a workflow publish only what exists and trusts it, so a name is
 * published once by hand: by whoever ran `npm login`. Says what the registry lacks, publishes it with `--publish`, and prints the
 * line by which each package trusts the publishing workflow. What is there already is left as it is, so it can be run again.
 *
 * `--check` publishes nothing, and exits with 1 where a release would fail.
 */
import { parseArgs } from 'node:util';
import { problemsOf, registryStates } from './registry-state.ts';
import { buildFor, registryOf } from './release.ts';
import { addresses } from './repository.ts';
import { run, step } from './shell.ts';
import { publishedPackages } from './workspace.ts';

const WORKFLOW = 'release.yml';
const ENVIRONMENT = 'npm';

const { values } = parseArgs({ options: { publish: { type: 'boolean' }, check: { type: 'boolean' } } });
const registry = registryOf();
const packages = publishedPackages();
const names = packages.map(({ manifest }) => manifest.name);
const states = await registryStates(registry, names);
const missing = packages.filter((_, at) => states[at]?.state === 'unknown');

if (values.check === true) {
  const problems = problemsOf(states);
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`${registry} knows all ${names.length} packages${trusting()}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else if (values.publish === true) {
  publish();
  trust();
} else {
  for (const { manifest } of missing)
    console.log(`${manifest.name}@${manifest.version} is not on ${registry}`);
  console.log(
    missing.length === 0
      ? `${registry} knows all ${names.length} packages.`
      : `\nTo publish these ${missing.length} by hand: npm login, then pnpm release:bootstrap --publish`,
  );
  trust();
}

function publish(): void {
  if (missing.length === 0) return console.log(`${registry} knows all ${names.length} packages.`);
  buildFor(missing);
  step(`publish ${missing.map(({ manifest }) => manifest.name).join(', ')}`, () => {
    // In the order of what they need of each other: whoever installs one meanwhile finds the rest.
    const filters = missing.flatMap(({ folder }) => ['--filter', `./${folder}`]);
    const env = { ...process.env, PNPM_CONFIG_PROVENANCE: 'false' };
    run('pnpm', ['--recursive', ...filters, 'publish', '--no-git-checks', '--access', 'public'], {
      env,
      quiet: true,
    });
  });
}

/** What of trust could be asked. */
function trusting(): string {
  return states.every((each) => each.state === 'known' && each.trust !== undefined)
    ? ', and each of them trusts this workflow.'
    : '. Whether they trust the workflow is told to its runs alone, and to owners: npm trust list NAME';
}

/** They ask for a second factor: a person runs them. */
function trust(): void {
  const repository = new URL(addresses().repository).pathname.slice(1);
  console.log(
    '\nLet each package trust the publishing workflow, once (npm 11.15 or newer, with a second factor):\n',
  );
  for (const name of names)
    console.log(
      `npm trust github ${name} --file ${WORKFLOW} --repo ${repository} --env ${ENVIRONMENT} --allow-publish --yes`,
    );
}
