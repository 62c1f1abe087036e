import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { secretProblems } from '../secrets.ts';
import { root } from '../workspace.ts';

test('no file of the repository holds a secret, fixtures included', () => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const files = listed
    .toString()
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)));
  expect(files.length).toBeGreaterThan(300);
  const problems = files.flatMap((file) => secretProblems(file, readFileSync(join(root, file), 'utf8')));
  expect(problems).toEqual([]);
});

const letters = (length: number) => 'aB3dE6gH9jK2mN5p'.repeat(8).slice(0, length);

// Put together here, so that this file does not hold what it looks for.
test.each([
  ['a key', `sk-${letters(48)}`],
  ["another provider's key", `{"apiKey": "sk-ant-${letters(40)}"}`],
  ['a key in a recorded header', `"authorization": "Bearer ${letters(40)}"`],
  ['a key in another header', `'x-api-key': '${letters(40)}'`],
  ['a cookie', `"set-cookie": "${letters(64)}"`],
  ['a cloud key', `AKIA${letters(16).toUpperCase()}`],
  ['a token of a code host', `ghp_${letters(36)}`],
  ['a token of the package registry', `//localhost/:_authToken=npm_${letters(36)}`],
  ['a private key', `-----BEGIN ${'RSA'} PRIVATE KEY-----`],
  ['a web token', `eyJ${letters(24)}.eyJ${letters(24)}.${letters(24)}`],
])('the check finds %s, and names the line', (_, text) => {
  expect(secretProblems('test/fixtures/a.json', `first\n${text}`)).toEqual([
    expect.stringMatching(/^test\/fixtures\/a\.json:2: .*placeholder/),
  ]);
});

test.each([
  "apiKey: 'sk-test'",
  "'x-api-key': 'key-of-the-reference'",
  'Authorization: Bearer ${key}',
  'c2lnbmF0dXJlL+==',
])('the check lets %s pass', (text) => {
  expect(secretProblems('a.ts', text)).toEqual([]);
});
