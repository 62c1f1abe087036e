import { chmodSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startWire } from '@mortise/conformance';
import { describe, expect, test, vi } from 'vitest';
import { chatText, openaiEmbeddings, openaiError, openaiText } from './answers.ts';
import { Sandbox } from './run.ts';

// Each test starts the program, some of them twice; the suites of other packages run beside it.
vi.setConfig({ testTimeout: 600_000 });

const GARDEN = {
  'tomatoes.md':
    '# Tomatoes\n\n## Watering\n\nTomatoes want water in the morning, at the root, never on the leaves.\n\n' +
    '## Pruning\n\nPinch out the side shoots of cordon tomatoes every week.\n',
  'notes/compost.txt': 'Compost is ready when it smells of forest soil. Turn the heap every two weeks.\n',
};
const QUESTION = 'When should tomatoes get water?';
const NOT_FOUND = /not found in the documents/i;

describe('an answer', () => {
  test('comes with its sources, by file, heading, lines and characters', async () => {
    using box = new Sandbox(GARDEN);
    const { code, stdout, stderr } = await box.run(['--docs', box.docs, '--question', QUESTION]);
    expect(stdout).toContain('Tomatoes want water in the morning, at the root, never on the leaves. [1]');
    expect(stdout).toMatch(
      /Sources\n {2}\[1\] tomatoes\.md — Tomatoes > Watering \(lines 1-5, characters 0-94\)/,
    );
    expect(stderr).toContain('--llm openai:MODEL');
    expect(stderr).toContain('extractive');
    expect(code).toBe(0);
  });

  test('is the same with `--` before the options', async () => {
    using box = new Sandbox(GARDEN);
    const plain = await box.run(['--docs', box.docs, '--question', QUESTION]);
    const dashed = await box.run(['--', '--docs', box.docs, '--question', QUESTION]);
    expect(dashed.stdout).toBe(plain.stdout);
  });

  test('is refused when the documents do not hold it', async () => {
    using box = new Sandbox(GARDEN);
    const { code, stdout } = await box.run([
      '--docs',
      box.docs,
      '--question',
      'Who painted the ceiling of the Sistine Chapel?',
    ]);
    expect(stdout).toMatch(NOT_FOUND);
    expect(stdout).not.toContain('Sources');
    expect(code).toBe(0);
  });

  test('comes as JSON and nothing else with --json', async () => {
    using box = new Sandbox(GARDEN);
    const { code, stdout } = await box.run(['--json', '--docs', box.docs, '--question', QUESTION]);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({
      question: QUESTION,
      outcome: 'answered',
      llm: 'extractive',
      sources: [
        { number: 1, file: 'tomatoes.md', heading: 'Tomatoes > Watering', firstLine: 1, lastLine: 5 },
      ],
    });
    expect(answer.citations[0]).toMatchObject({ number: 1 });
    expect(answer.citations[0]).not.toHaveProperty('problem');
    expect(code).toBe(0);
  });

  test('leaves the folder of the documents as it was, and embeds only what changed', async () => {
    using box = new Sandbox(GARDEN);
    const args = ['--json', '--docs', box.docs, '--question', QUESTION];
    const before = readdirSync(box.docs, { recursive: true });
    const first = JSON.parse((await box.run(args)).stdout);
    const second = JSON.parse((await box.run(args)).stdout);
    expect(readdirSync(box.docs, { recursive: true })).toEqual(before);
    expect(first.index).toMatchObject({ documents: 2, embedded: 3 });
    expect(second.index).toMatchObject({ documents: 2, embedded: 0 });
    expect(second.answer).toBe(first.answer);
  });

  test('tells what happened inside with --verbose, on stderr', async () => {
    using box = new Sandbox(GARDEN);
    const { stdout, stderr } = await box.run(['--verbose', '--docs', box.docs, '--question', QUESTION]);
    expect(stderr).toMatch(/▶ query/);
    expect(stderr).toMatch(/✔ llm\.\w+ \d+ ms/);
    expect(stdout).not.toContain('▶');
  });

  test('is shown in a page with --inspect, which stays until ctrl-C', async () => {
    using box = new Sandbox(GARDEN);
    const running = box.start(['--inspect', '--docs', box.docs, '--question', QUESTION]);
    let said = '';
    running.child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await running.shows('never on the leaves. [1]');
    await vi.waitFor(async () => {
      const url = new URL(/http:\/\/127\.0\.0\.1:\d+\/#[\w-]+/.exec(said)?.[0] ?? '');
      const headers = { authorization: `Bearer ${url.hash.slice(1)}` };
      const signal = AbortSignal.timeout(5_000);
      const { body } = await fetch(`${url.origin}/api/lines`, { headers, signal });
      let text = '';
      for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
        text += piece;
        if (text.includes('"next"')) break;
      }
      expect(text).toMatch(/"phase":"end","name":"query"/);
      expect(text).toContain(QUESTION);
    });
    running.child.kill('SIGINT');
    expect((await running.end).code).toBe(130);
  });

  test('goes on without a file that cannot be read, and says so', async () => {
    using box = new Sandbox({ ...GARDEN, 'scan.txt': new Uint8Array([0xff, 0x00, 0x81, 0xfe]) });
    const { code, stdout, stderr } = await box.run(['--docs', box.docs, '--question', QUESTION]);
    expect(stdout).toContain('never on the leaves. [1]');
    expect(stderr).toMatch(/^skipped: scan\.txt/m);
    expect(code).toBe(0);
  });
});

describe('a provider', () => {
  const args = (docs: string, url: string): string[] => {
    return ['--docs', docs, '--question', QUESTION, '--llm', 'openai:some-model', '--base-url', `${url}/v1`];
  };

  test('answers from the sources', async () => {
    using box = new Sandbox(GARDEN);
    await using wire = await startWire((_request, reply) => openaiText(reply, 'In the morning [1].'));
    const { code, stdout, stderr } = await box.run(args(box.docs, wire.url), {
      OPENAI_API_KEY: 'secret-key',
    });
    expect(stdout).toMatch(/^In the morning \[1\]\.\n\nSources\n {2}\[1\] tomatoes\.md/);
    expect(stderr).not.toContain('extractive');
    expect(wire.requests[0]?.text).toContain('never on the leaves');
    expect(code).toBe(0);
  });

  test('of another server answers by its preset, with that server’s key', async () => {
    using box = new Sandbox(GARDEN);
    await using wire = await startWire((_request, reply) => chatText(reply, 'In the morning [1].'));
    const { code, stdout } = await box.run([...args(box.docs, wire.url), '--preset', 'groq'], {
      OPENAI_API_KEY: 'secret-key',
      GROQ_API_KEY: 'groq-key',
    });
    expect(stdout).toMatch(/^In the morning \[1\]\./);
    const [request] = wire.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.headers['authorization']).toBe('Bearer groq-key');
    expect(code).toBe(0);
  });

  test.for([
    ['groq', /^error: GROQ_API_KEY is not set\. Set it to your key of groq/m],
    ['grok', /^error: --preset does not know "grok"\. It takes cerebras, .*zai\.$/m],
  ] as const)('the preset %s', async ([preset, line]) => {
    using box = new Sandbox(GARDEN);
    const asked = ['--docs', box.docs, '--question', QUESTION, '--llm', 'openai:m', '--preset', preset];
    expectFailure(await box.run(asked, { OPENAI_API_KEY: 'secret-key' }), line);
  });

  test('embeds the documents once and the question each time', async () => {
    using box = new Sandbox(GARDEN);
    await using wire = await startWire((request, reply) => openaiEmbeddings(reply, request.body));
    const options = ['--embedding', 'openai:some-model', '--base-url', `${wire.url}/v1`];
    const embed = () => box.run(['--docs', box.docs, '--question', QUESTION, ...options]);
    expect((await embed()).stdout).toContain('never on the leaves. [1]');
    expect((await embed()).code).toBe(0);
    const inputs = wire.requests.map(({ body }) => (body as { input: string[] }).input.length);
    expect(inputs).toEqual([3, 1, 1]);
  });

  test('that does not know the model', async () => {
    using box = new Sandbox(GARDEN);
    await using wire = await startWire((_request, reply) => {
      openaiError(reply, 404, 'model_not_found', 'The model `some-model` does not exist.');
    });
    expectFailure(
      await box.run(args(box.docs, wire.url), { OPENAI_API_KEY: 'secret-key' }),
      /^error: openai does not know the model "some-model" \(HTTP 404\)\. Check its name/m,
    );
  });

  test('that refuses the key', async () => {
    using box = new Sandbox(GARDEN);
    await using wire = await startWire((_request, reply) => {
      openaiError(reply, 401, 'invalid_api_key', 'Incorrect API key provided: secret-key.');
    });
    const outcome = await box.run(args(box.docs, wire.url), { OPENAI_API_KEY: 'secret-key' });
    expectFailure(outcome, /^error: openai refused the key \(HTTP 401\)\. Check OPENAI_API_KEY\.$/m);
    expect(outcome.stderr).not.toContain('secret-key');
  });

  test.for([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['cohere', 'CO_API_KEY'],
    ['google', 'GEMINI_API_KEY'],
    ['mistral', 'MISTRAL_API_KEY'],
  ] as const)('%s without a key', async ([provider, variable]) => {
    using box = new Sandbox(GARDEN);
    const outcome = await box.run([
      '--docs',
      box.docs,
      '--question',
      QUESTION,
      '--llm',
      `${provider}:some-model`,
    ]);
    expectFailure(outcome, new RegExp(`^error: ${variable} is not set\\. .*--llm`, 'm'));
  });

  test('that cannot be reached', async () => {
    using box = new Sandbox(GARDEN);
    const url = `http://127.0.0.1:${await closedPort()}`;
    const outcome = await box.run(args(box.docs, url), { OPENAI_API_KEY: 'secret-key' });
    expectFailure(outcome, /^error: openai cannot be reached: .*127\.0\.0\.1:\d+\. Check the network/m);
  });
});

describe('one line and exit code 1 for', () => {
  test.for([
    [['--verbos'], /^error: there is no option --verbos\. See --help/m],
    [['why'], /^error: "why" stands alone\. Put the question in quotes, after --question\.$/m],
    [['--docs', 'nowhere', '--question', 'x'], /^error: there is no folder nowhere\. Check --docs\.$/m],
    [
      ['--docs', 'docs', '--question', 'x'],
      /^error: docs holds no text or Markdown file\. Name another folder/,
    ],
    [['--docs', 'docs'], /^error: there is no question\. Add --question "\.\.\."\.$/m],
  ] as [string[], RegExp][])('%j', async ([args, line]) => {
    using box = new Sandbox();
    const outcome = await box.run(args);
    expectFailure(outcome, line);
    expect(outcome.stdout).toBe('');
  });

  test('a folder of which no file can be read', async () => {
    using box = new Sandbox({ 'scan.txt': new Uint8Array([0xff, 0x00, 0x81, 0xfe]) });
    const outcome = await box.run(['--docs', box.docs, '--question', QUESTION]);
    expectFailure(outcome, /^error: scan\.txt cannot be read: it is not text in utf-8\. Save it as UTF-8/m);
  });

  // The superuser may read everything.
  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    using box = new Sandbox({ 'secret.txt': 'hidden' });
    chmodSync(join(box.docs, 'secret.txt'), 0);
    const outcome = await box.run(['--docs', box.docs, '--question', QUESTION]);
    expectFailure(outcome, /^error: secret\.txt cannot be read: access is denied/m);
  });
});

test('ctrl-C ends the program at once, in the middle of an answer, with 130', async () => {
  using box = new Sandbox(GARDEN);
  await using wire = await startWire(() => new Promise(() => undefined));
  const running = box.start(
    ['--docs', box.docs, '--question', QUESTION, '--llm', 'openai:m', '--base-url', `${wire.url}/v1`],
    { OPENAI_API_KEY: 'secret-key' },
  );
  await expect.poll(() => wire.requests.length, { timeout: 20_000 }).toBe(1);
  const pressed = performance.now();
  running.child.kill('SIGINT');
  const { code, stderr } = await running.end;
  expect(code).toBe(130);
  // The model would be waited for three times as long, and a busy machine takes seconds to end a process.
  expect(performance.now() - pressed).toBeLessThan(20_000);
  expect(stderr).not.toMatch(STACK);
});

test('ctrl-C ends the program at once, in the middle of embedding, with 130', async () => {
  const files = Array.from({ length: 24 }, (_, at) => [
    `${at}.txt`,
    `Note ${at}. ${'Tomatoes want water. '.repeat(80)}`,
  ]);
  using box = new Sandbox(Object.fromEntries(files) as Record<string, string>);
  const running = box.start(['--docs', box.docs, '--question', QUESTION]);
  await running.shows('Embedding');
  const pressed = performance.now();
  running.child.kill('SIGINT');
  expect((await running.end).code).toBe(130);
  expect(performance.now() - pressed).toBeLessThan(20_000);
  // What was interrupted leaves nothing behind that the next run stumbles over.
  const again = await box.run(['--json', '--docs', box.docs, '--question', QUESTION]);
  expect(again.code).toBe(0);
});

const STACK = /^\s+at /m;

function expectFailure(outcome: { code: number | null; stdout: string; stderr: string }, line: RegExp): void {
  expect(outcome.stderr).toMatch(line);
  expect(outcome.stderr).not.toMatch(STACK);
  expect(outcome.stderr.match(/^error: /gm)).toHaveLength(1);
  expect(outcome.code).toBe(1);
}

/** A port that was free a moment ago: nobody listens there. */
function closedPort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
