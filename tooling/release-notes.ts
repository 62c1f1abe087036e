/**
 * `node tooling/release-notes.ts`: a page of what the release brings to those who use the packages, in `docs/releases`. It is made when the
 * versions are, between `changeset version` and the reports of what is released, from the changelogs that changesets wrote. The same page
 * is the text of the release on the code host.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from './api/report.ts';
import { run } from './shell.ts';
import { publishedPackages, root, type Manifest } from './workspace.ts';

export interface Change {
  readonly bump: 'major' | 'minor' | 'patch';
  /** Markdown, as the changeset has it. */
  readonly text: string;
}

export interface Release {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Whether this is the first version that anybody can install. */
  readonly isNew: boolean;
  readonly changes: readonly Change[];
}

/** The changes of `version` in a changelog of changesets. What was only taken up of other packages is none. */
export function changesOf(changelog: string, version: string): Change[] {
  const sections = changelog.split(/^## (?=\d)/m);
  const section = sections.find((each) => each.split('\n', 1)[0]?.trim() === version) ?? '';
  return section.split(/^### (?=(?:Major|Minor|Patch) Changes$)/m).flatMap((part) => {
    const bump = (['major', 'minor', 'patch'] as const).find((each) =>
      part.toLowerCase().startsWith(`${each} changes`),
    );
    if (bump === undefined) return [];
    return part
      .split(/^- /m)
      .slice(1)
      .filter((entry) => !entry.startsWith('Updated dependencies'))
      .map((entry) => ({
        bump,
        text: entry
          .replace(/^[0-9a-f]{7,40}: /, '')
          .replaceAll(/^ {2}/gm, '')
          .trim(),
      }));
  });
}

const GROUPS = [
  ['major', 'What to change'],
  ['minor', 'What is new'],
  ['patch', 'What was mended'],
] as const;

/** The page of a release: what a reader has to do, then what they can do, and the versions last. */
export function notesPage(releases: readonly Release[], title: string): string {
  const fresh = releases.filter(({ isNew }) => isNew);
  const others = releases.filter(({ isNew }) => !isNew);
  const groups = GROUPS.flatMap(([bump, heading]) => {
    const entries = others.flatMap(({ name, version, changes }) => {
      const texts = changes.filter((change) => change.bump === bump).map(({ text }) => lowered(text));
      return texts.length === 0 ? [] : [`### ${name} ${version}`, ...texts];
    });
    return entries.length === 0 ? [] : [[`## ${heading}`, ...entries]];
  });
  const packages = fresh.map(({ name, version, description }) => `- \`${name}\` ${version}: ${description}`);
  const added = packages.length === 0 ? [] : [['## New packages', packages.join('\n')]];
  const rows = releases.map(({ name, version }) => `| \`${name}\` | ${version} |`);
  const table = ['| package | version |', '| --- | --- |', ...rows].join('\n');
  const [breaking, ...rest] = groups[0]?.[0] === `## ${GROUPS[0][1]}` ? groups : [[], ...groups];
  return [`# ${title}`, ...(breaking ?? []), ...added.flat(), ...rest.flat(), '## All versions', table]
    .join('\n\n')
    .concat('\n');
}

/** Headings of a changeset stand below those of the page. */
function lowered(text: string): string {
  return text
    .split(/(^```[^]*?^```$)/m)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/^#{1,6} (.+)$/gm, '**$1**')))
    .join('');
}

/** What the tree releases: versions that the last commit has not, and what was never released. */
function releasesOf(base: string): Release[] {
  return publishedPackages(base).flatMap(({ folder, manifest }) => {
    const { name, version, description = '' } = manifest;
    const isNew = readReport(name, true) === undefined;
    if (!isNew && committed(base, folder)?.version === version) return [];
    const changelog = join(base, folder, 'CHANGELOG.md');
    const changes = existsSync(changelog) ? changesOf(readFileSync(changelog, 'utf8'), version) : [];
    return [{ name, version, description, isNew, changes }];
  });
}

function committed(base: string, folder: string): Manifest | undefined {
  try {
    const options = { cwd: base, encoding: 'utf8', stdio: 'pipe' } as const;
    return JSON.parse(execFileSync('git', ['show', `HEAD:${folder}/package.json`], options)) as Manifest;
  } catch {
    return undefined; // It is not in the last commit.
  }
}

if (import.meta.main) {
  const releases = releasesOf(root);
  if (releases.length === 0) console.log('Nothing is released, so there are no notes.');
  else {
    const folder = join(root, 'docs/releases');
    mkdirSync(folder, { recursive: true });
    const day = new Date().toISOString().slice(0, 10);
    let name = day;
    for (let at = 2; existsSync(join(folder, `${name}.md`)); at++) name = `${day}-${at}`;
    const page = join('docs/releases', `${name}.md`);
    writeFileSync(join(root, page), notesPage(releases, `Release of ${name}`));
    run('pnpm', ['exec', 'oxfmt', page], { quiet: true });
    console.log(page);
  }
}
