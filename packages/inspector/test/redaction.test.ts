import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSpan } from '@mortise/core/events';
import { recordRuns } from '@mortise/inspector';
import { expect, test } from 'vitest';

const SECRET = ['hunter', '22', 'walnut'].join('');
const USER = ['bob', 'the', 'user'].join('');

/** What a recorder writes of a value among attributes. */
async function recorded(value: unknown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-redaction-'));
  const recorder = recordRuns({ folder });
  try {
    startSpan('step', { attributes: { value } }).end();
    await recorder.flush();
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
  } finally {
    await recorder.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([
  ['a user and a password', `cannot open postgres://${USER}:${SECRET}@db.example/all`],
  ['a password alone', `redis://:${SECRET}@db.example`],
  ['a token as the user', `https://${SECRET}@git.example/a.git`],
  ['an @ in the password', `amqp://${USER}:a@${SECRET}@db.example`],
  ['marks in the password', `mongodb://${USER}:a?b#${SECRET}@db.example`],
  ['slashes that JSON escapes', String.raw`{"url":"https:\/\/${USER}:${SECRET}@db.example\/"}`],
])('has no credentials of an address: %s', async (_what, text) => {
  const kept = await recorded(text);
  expect(kept).toMatch(/(db|git)\.example/);
  expect(kept).not.toContain(SECRET);
  expect(kept).not.toContain(USER);
});

test.each([
  ['key', `?key=${SECRET}`],
  ['api_key', `?a=b&api_key=${SECRET}`],
  ['apiKey', `?apiKey=${SECRET}&b=c`],
  ['api-key', `?API-KEY=${SECRET}#there`],
  ['access_token, in a fragment', `#access_token=${SECRET}`],
  ['token', `?token=${SECRET}`],
  ['sig', `?sv=1&sig=${SECRET}`],
  ['X-Amz-Signature', `?X-Amz-Signature=${SECRET}`],
  ['secret', `?client_secret=${SECRET}`],
  ['password', `?password=${SECRET}`],
  ['escaped as HTML', `?a=b&amp;token=${SECRET}`],
  ['escaped as JSON', String.raw`?a=b\u0026token=${SECRET}`],
])('has no secret parameter of an address: %s', async (_name, query) => {
  const kept = await recorded(`GET https://api.example/v1${query} failed`);
  expect(kept).toContain('GET https://api.example/v1');
  expect(kept).toContain(' failed');
  expect(kept).not.toContain(SECRET);
});

test.each([
  [`https://${USER}:${SECRET}@db.example/a`],
  [`https://${SECRET}@db.example/a`],
  [`https://:${SECRET}@db.example/a`],
  [`https://db.example/a?odd=${SECRET}`],
  [`https://db.example/a#${SECRET}`],
  [`postgres://${USER}:${SECRET}@db.example/a?odd=${SECRET}`],
])('has of a URL neither user, password, query nor fragment (%#)', async (address) => {
  const kept = await recorded(new URL(address));
  expect(kept).toContain('://db.example/a');
  expect(kept).not.toContain(SECRET);
  expect(kept).not.toContain(USER);
});

test.each([
  ['an address', 'https://api.example:8080/v1/models?page=2&mode=fast#there'],
  ['a version in a path', 'https://cdn.example/react@18.2.0/index.js'],
  ['an address in a query', 'http://localhost:3000?mail=a@mail.example'],
  ['a mail address', 'write to walnut@mail.example // or not'],
  ['a comment', '// see @param key=value'],
  ['a question', 'Which key? token = 4, a && b'],
])('keeps what has no secret in it: %s', async (_what, text) => {
  expect(await recorded(text)).toContain(JSON.stringify(text));
});
