import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLinks } from '../repository.ts';
import { root } from '../workspace.ts';
import { workflowProblems } from '../workflows.ts';

const folder = '.github/workflows';

test.each(readdirSync(join(root, folder)))('%s pins its actions, and may no more than it needs', (name) => {
  expect(workflowProblems(`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8'))).toEqual([]);
});

test('what is published carries its provenance, and no token', () => {
  const release = readFileSync(join(root, folder, 'release.yml'), 'utf8');
  expect(release).toContain('id-token: write');
  // The name that pnpm reads.
  expect(release).toMatch(/^ +PNPM_CONFIG_PROVENANCE: 'true'$/m);
  expect(release).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
  expect(release.indexOf('tooling/repository.ts')).toBeGreaterThan(0);
  expect(release.indexOf('tooling/repository.ts')).toBeLessThan(release.indexOf('pnpm run release'));
});

test('nothing is published before the check, nor announced or installed before it is published', () => {
  const release = readFileSync(join(root, folder, 'release.yml'), 'utf8');
  const steps = ['release:bootstrap --check', 'pnpm run release\n', 'gh release create', 'tooling/canary.ts'];
  const places = steps.map((each) => release.indexOf(each));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('a snapshot of a pull request has nothing to lose: no secret, no identity, no writing', () => {
  const snapshot = readFileSync(join(root, folder, 'snapshot.yml'), 'utf8');
  expect(snapshot).toMatch(/^ {2}pull_request:$/m);
  expect(snapshot).not.toMatch(/secrets\.|github\.token|: write/);
  expect(snapshot).toContain('--preview');
});

test('a package names the repository and the folder that it was published from, its page and its issues', () => {
  const manifest = { name: '@mortise/core', version: '1.0.0', type: 'module', bugs: 'elsewhere' };
  const given = { repository: 'https://github.com/owner/name', homepage: 'https://docs.example.org/' };
  const linked = withLinks(manifest, 'packages/core', given);
  expect(linked).toEqual({
    ...manifest,
    homepage: 'https://docs.example.org/packages/core',
    repository: { type: 'git', url: 'git+https://github.com/owner/name.git', directory: 'packages/core' },
    bugs: 'https://github.com/owner/name/issues',
  });
  expect(Object.keys(linked)).toEqual(['name', 'version', 'homepage', 'repository', 'bugs', 'type']);
});

describe('the check itself', () => {
  const good = `permissions:\n  contents: read\njobs:\n  a:\n    timeout-minutes: 5\n    steps:\n      - uses: a/b@${'0a'.repeat(20)} # v1.0.0\n`;

  test.each([
    ['an action by its tag', good.replace(/@\w+ # v1.0.0/, '@v5'), 'pin a/b@v5'],
    ['a commit without its version', good.replace(' # v1.0.0', ''), 'say which version'],
    ['permissions that are not said', good.replace('permissions:\n  contents: read\n', ''), 'permissions'],
    ['a trigger with secrets', good.replace('jobs:', 'on: pull_request_target\njobs:'), 'pull_request'],
    [
      'a token that stays on the disk',
      good.replace('a/b@', 'actions/checkout@'),
      'persist-credentials: false',
    ],
    [
      'who may publish without being asked',
      good.replace('    timeout-minutes', '    permissions:\n      id-token: write\n    timeout-minutes'),
      'environment',
    ],
    [
      'a text of strangers in a script',
      `${good}      - run: echo \${{ github.event.pull_request.title }}\n`,
      "a stranger's text",
    ],
    ['a job that never ends', good.replace('    timeout-minutes: 5\n', ''), 'timeout-minutes'],
  ])('finds %s', (_, text, fix) => {
    expect(workflowProblems('w.yml', text)).toEqual([expect.stringContaining(fix)]);
  });

  test('says nothing of a text that goes by the environment', () => {
    const env = `${good}      - run: echo "$TITLE"\n        env:\n          TITLE: \${{ github.event.pull_request.title }}\n`;
    expect(workflowProblems('w.yml', env)).toEqual([]);
  });

  test('says nothing of a good one', () => {
    expect(workflowProblems('w.yml', good)).toEqual([]);
  });
});
