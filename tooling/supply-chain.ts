/**
 * What a dependency may come from, and what may run while it is installed: every package of the lock file is of the
 * registry and has its hash, and the packages whose install scripts run are those of a short list with reasons.
 */
export function lockProblems(lock: string): string[] {
  const packages = /^packages:\n([^]*?)(?=^\w)/m.exec(lock)?.[1] ?? '';
  return packages.split(/^ {2}(?=\S)/m).flatMap((entry) => {
    const name = entry.slice(0, entry.indexOf(':\n')).replaceAll("'", '');
    const resolution = /^ {4}resolution: (.*)$/m.exec(entry)?.[1];
    if (resolution === undefined) return [];
    if (/\b(tarball|repo|directory):/.test(resolution))
      return [`pnpm-lock.yaml: take ${name} from the registry, not from an address of its own`];
    return /integrity: sha512-/.test(resolution)
      ? []
      : [`pnpm-lock.yaml: ${name} has no SHA-512: install it again`];
  });
}

/** Packages whose install scripts may run, and why. */
export const SCRIPTS_ALLOWED: Readonly<Record<string, string>> = {
  node: 'puts the Node of the workspace into node_modules/.bin',
  esbuild: 'checks the binary that its optional dependency brought',
};

/** `workspace` is the text of `pnpm-workspace.yaml`. */
export function scriptProblems(workspace: string): string[] {
  const allowed = /^allowBuilds:\n((?: {2}.*\n?)*)/m.exec(workspace)?.[1] ?? '';
  return allowed
    .split('\n')
    .flatMap((line) => /^ {2}(\S+): true$/.exec(line)?.[1]?.replaceAll("'", '') ?? [])
    .filter((name) => !Object.hasOwn(SCRIPTS_ALLOWED, name))
    .map(
      (name) =>
        `pnpm-workspace.yaml: "${name}" runs a script while it is installed: leave it out of allowBuilds, or say in tooling/supply-chain.ts what it is for`,
    );
}

const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'prepublishOnly'];

/** A package of ours runs nothing where it is installed. */
export function lifecycleProblems(file: string, scripts: Readonly<Record<string, string>> = {}): string[] {
  return LIFECYCLE.filter((name) => Object.hasOwn(scripts, name)).map(
    (name) => `${file}: remove the script "${name}": nothing of ours runs while it is installed`,
  );
}
