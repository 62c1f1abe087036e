import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  llmConformance,
  llmDialects,
  reportBadge,
  reportJUnit,
  runTests,
  type ConformanceResults,
  type TestFunctions,
  type WireTarget,
} from '@mortise/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const { capabilities } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

const wiring =
  (create: (wire: WireTarget) => ReferenceLLM = (wire) => new ReferenceLLM(wire)) =>
  (test: TestFunctions) =>
    llmConformance(test, { create, dialect: reference, declares: capabilities });

/** Says everything loudly. */
class Loud extends ReferenceLLM {
  override async doGenerate(...given: Parameters<ReferenceLLM['doGenerate']>) {
    const reply = await super.doGenerate(...given);
    const content = reply.content.map((block) =>
      block.type === 'text' ? { ...block, text: block.text.toUpperCase() } : block,
    );
    return { ...reply, content };
  }
}

describe('runTests', () => {
  it('runs cases without a test runner, in their order, and tells how far it is', async () => {
    const cases = ['reply.text', 'request.messages'];
    const seen: string[] = [];
    const { results, other } = await runTests(wiring(), {
      cases,
      onProgress: ({ done, total, failed, title }) => seen.push(`${done}/${total} ${failed} ${title}`),
    });
    expect(Object.fromEntries(results[0]!.cases.map(({ id, status }) => [id, status]))).toEqual({
      'reply.text': 'passed',
      'request.messages': 'passed',
    });
    expect(other).toEqual([]);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toMatch(/^2\/2 0 \S+: .*\)$/);
  });

  it('gives what fails, with what it failed with', async () => {
    const { results } = await runTests(
      wiring((wire) => new Loud(wire)),
      { cases: ['reply.text'] },
    );
    expect(results[0]?.cases).toMatchObject([
      { id: 'reply.text', status: 'failed', error: expect.stringMatching(/text/) },
    ]);
  });

  it('says what is neither declared nor explained', async () => {
    const { streaming: _streaming, ...fewer } = capabilities;
    const { other } = await runTests((test) =>
      llmConformance(
        {
          describe: test.describe,
          it: Object.assign(
            (title: string, body: () => Promise<void>) =>
              void (title.startsWith('declares') && test.it(title, body)),
            { skip: test.it.skip },
          ),
        },
        { create: (wire) => new ReferenceLLM(wire), dialect: reference, declares: fewer },
      ),
    );
    expect(other).toMatchObject([{ title: 'declares streaming, or gives a reason' }]);
  });

  it('refuses ids of no case, and what is no wiring; and is left by its signal', async () => {
    await expect(runTests(wiring(), { cases: ['no.such'] })).rejects.toThrow('There is no case no.such.');
    await expect(runTests(() => undefined as never)).rejects.toThrow('A wiring returns');
    await expect(runTests(wiring(), { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});

const results: ConformanceResults = {
  contract: 'llm',
  name: 'a & "b"',
  declared: [],
  reasons: {},
  cases: [
    { id: 'a', rule: 'L-01', title: 'does <it>', requires: [], status: 'passed', durationMs: 1500 },
    {
      id: 'b',
      rule: 'L-02',
      title: 'says it',
      requires: [],
      status: 'failed',
      error: 'no: \u0001 \uD800\nmore',
    },
    {
      id: 'c',
      rule: 'L-02',
      title: 'sees it',
      requires: ['image'],
      status: 'skipped',
      reason: 'It is blind.',
    },
  ],
};

describe('reports for others', () => {
  it('are XML that CI systems read', () => {
    const xml = reportJUnit([results]);
    expect(xml).toContain(
      '<testsuite name="a &amp; &quot;b&quot; (llm)" tests="3" failures="1" skipped="1">',
    );
    expect(xml).toContain('name="L-01: does &lt;it&gt; (a)" time="1.5"/>');
    expect(xml).toContain('<failure message="no: \uFFFD \uFFFD">no: \uFFFD \uFFFD\nmore</failure>');
    expect(xml).toContain('<skipped message="It is blind."/>');
  });

  it('are a badge that counts what was run', () => {
    expect(reportBadge([results])).toContain('aria-label="mortise conformance: 1 of 2"');
    expect(reportBadge([])).toContain('0 of 0');
  });

  it('know every dialect by its name', () => {
    expect(Object.keys(llmDialects)).toContain('openai-chat-completions');
    for (const [name, dialect] of Object.entries(llmDialects)) expect(dialect?.name).toBe(name);
  });
});

// Node 22.13 runs no TypeScript; on the tarballs there is none.
const published = process.env['MORTISE_TARBALLS'] === '1';
const cli = fileURLToPath(new URL(published ? '../dist/cli.js' : '../src/cli.ts', import.meta.url));

describe.runIf(published || process.features.typescript)('mortise-conformance', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mortise-run-'));
    // A bridge that takes a model as it is, and a package that has an entry.
    const own = fileURLToPath(new URL(published ? '../dist/index.js' : '../src/index.ts', import.meta.url));
    for (const [path, text] of Object.entries({
      'node_modules/@mortise/ai-sdk/package.json': '{"exports":"./index.mjs"}',
      'node_modules/@mortise/ai-sdk/index.mjs': `export const fromAISDK = (make, options) => make(options);`,
      'node_modules/acme/package.json': '{"exports":{"./conformance":"./conformance.mjs"}}',
      'node_modules/acme/conformance.mjs': `import { similarityConformance } from ${JSON.stringify(own)};
        export default (test) => similarityConformance(test, { name: 'acme', create: () => () => 1 });`,
      // As published: for import alone, and without a kit of its own.
      'node_modules/@acme/esm/package.json':
        '{"exports":{"./conformance":{"types":"./x.d.ts","import":{"default":"./conformance.mjs"}}}}',
      'node_modules/@acme/esm/conformance.mjs': `import { similarityConformance } from '@mortise/conformance';
        export default (test) => similarityConformance(test, { name: 'esm', create: () => () => 1 });`,
      'node_modules/@acme/poor/package.json': '{"exports":{"./conformance":"./conformance.mjs"}}',
      'node_modules/@acme/poor/conformance.mjs': `import '@acme/absent';`,
      'provider.mjs': `export const name = 'acme';
        export default () => () => ({ metadata: { capabilities: {} }, chat: async () => { throw new Error('no chat'); }, streamChat() { throw new Error('no stream'); } });`,
      'empty.mjs': 'export const a = 1;',
    })) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]): Promise<{ code: number; out: string; errors: string }> =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', cli, ...args],
        { cwd: folder, env: { ...process.env, NODE_PATH: '' } },
        (error, out, errors) => resolve({ code: Number(error?.code ?? 0), out, errors }),
      ),
    );

  it('tries a model of another library, and says what it did not do and how to see it again', async () => {
    const files = ['--json', 'r.json', '--markdown', 'r.md', '--junit', 'r.xml', '--badge', 'r.svg'];
    const dialect = ['--dialect', 'openai-chat-completions'];
    const { code, out, errors } = await run(
      '--ai-sdk',
      'provider.mjs',
      ...dialect,
      '--case',
      'request.messages',
      ...files,
    );
    expect(code).toBe(1);
    expect(out).toContain('acme (llm): 0 passed, 1 failed, 0 skipped\n');
    expect(out).toMatch(/L-07, request\.messages: it .*\. Not here: .*no chat/);
    expect(out).toContain(`--ai-sdk provider.mjs ${dialect.join(' ')}`);
    expect(out).toMatch(/--case request\.messages\n$/);
    expect(errors).toBe('1 of 1, 1 failed\n');
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toMatchObject({
      implementations: [{ name: 'acme', failed: [{ id: 'request.messages' }] }],
    });
    expect(readFileSync(join(folder, 'r.xml'), 'utf8')).toContain('failures="1"');
    expect(readFileSync(join(folder, 'r.svg'), 'utf8')).toContain('0 of 1');
    expect(readFileSync(join(folder, 'r.md'), 'utf8')).toContain('# Conformance');
  });

  it('tries a package by its entry', async () => {
    const { code, out } = await run('--package', 'acme', '--quiet');
    expect(code).toBe(1);
    expect(out).toContain('acme (similarity): ');
  });

  it.runIf('registerHooks' in nodeModule)('lends itself to a package that has no kit beside it', async () => {
    const { code, out } = await run('--package', '@acme/esm', '--quiet');
    expect(out).toContain('esm (similarity): ');
    expect(code).toBe(1);
  });

  it.each([
    [[], 'Usage:', 0],
    [
      ['--ai-sdk', 'provider.mjs', '--dialect', 'morse'],
      'There is no dialect morse. Names: openai-responses',
      2,
    ],
    [['--langchain', 'provider.mjs', '--dialect', 'mistral-chat'], 'npm install @mortise/langchain', 2],
    [['--package', 'nobody'], 'nobody has no entry ./conformance', 2],
    [['--package', '@acme/poor'], 'npm install --save-dev @acme/absent', 2],
    [['empty.mjs'], 'empty.mjs has no default export', 2],
    [['llm', '--base-url', 'here', '--model', 'm'], '--base-url is no address', 2],
    [
      ['llm', '--base-url', 'http://127.0.0.1:1/v1', '--model', 'm'],
      'for up to 2500 tokens in all. Say --yes.',
      2,
    ],
    [['--sing'], 'Unknown option', 2],
  ] as const)('says what is wrong of %j', async (args, words, code) => {
    const outcome = await run(...args);
    expect(outcome.out + outcome.errors).toContain(words);
    expect(outcome.code).toBe(code);
  });
});
