import { expect, test } from 'vitest';
import { ignoredBuilds, withoutBuilds } from '../builds.ts';

const PRINTED = `Error: ERR_PNPM_IGNORED_BUILDS

  × installing dependencies
  ╰─▶ Ignored build scripts: @scope/native@1.2.3, protobufjs@7.6.6
  help: Run "pnpm approve-builds"
`;

test('the packages whose build scripts were refused are read from what pnpm prints', () => {
  expect(ignoredBuilds(PRINTED)).toEqual(['@scope/native', 'protobufjs']);
  expect(ignoredBuilds('ERR_PNPM_NO_MATCHING_VERSION')).toEqual([]);
});

test('they are written down as scripts that do not run', () => {
  const changed = withoutBuilds(
    'a: 1\nallowBuilds:\n  node: true\n',
    ['@scope/native', 'x'],
    '@mortise/acme',
  );
  expect(changed).toBe(
    "a: 1\nallowBuilds:\n  # Came with @mortise/acme.\n  '@scope/native': false\n  x: false\n  node: true\n",
  );
  expect(withoutBuilds('a: 1\n', ['x'], 'p')).toBe('a: 1\n\nallowBuilds:\n  # Came with p.\n  x: false\n');
});
