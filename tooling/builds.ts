/** Names of the packages whose build scripts pnpm did not run, from what it printed. */
export function ignoredBuilds(printed: string): string[] {
  const [, list = ''] = /Ignored build scripts: ([^\n]+)/.exec(printed) ?? [];
  return list
    .replace(/\.$/, '')
    .split(', ')
    .map((each) => each.trim().replace(/(?!^)@[^@]*$/, ''))
    .filter((each) => each !== '');
}

/** `workspace`, a pnpm-workspace.yaml, with these packages among those whose build scripts do not run. */
export function withoutBuilds(workspace: string, names: readonly string[], packageName: string): string {
  const lines = names.map((name) => `  ${name.startsWith('@') ? `'${name}'` : name}: false\n`).join('');
  const more = `  # Came with ${packageName}.\n${lines}`;
  const changed = workspace.replace(/^allowBuilds:\n/m, (line) => line + more);
  return changed === workspace ? `${workspace}\nallowBuilds:\n${more}` : changed;
}
