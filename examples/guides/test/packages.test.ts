import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { ScriptedLLM } from '@mortise/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePdf } from '../../../integrations/pdf/test/make-pdf.ts';
import { tinyModels } from '../../../integrations/transformers/test/tiny-model.ts';
import acme from '../packages/acme.ts';
import { endpoint } from '../packages/ai-sdk-ui.ts';
import { search } from '../packages/transformers.ts';
import { providers } from './provider.ts';

const KEYS = [
  'ANTHROPIC_API_KEY',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AZURE_OPENAI_API_KEY',
  'CO_API_KEY',
  'GEMINI_API_KEY',
  'GROQ_API_KEY',
  'MISTRAL_API_KEY',
  'OPENAI_API_KEY',
  'VOYAGE_API_KEY',
];
const BLUE = 'Blue light scatters most [1].';
const TEA = '```yaml\ntitle: Tea\nsteps:\n  - Boil water.\n  - Wait.\n```';

/** What each program prints. */
const PRINTED: Readonly<Record<string, string | RegExp>> = {
  'ai-sdk': `${BLUE}\n${BLUE}\n`,
  anthropic: `${BLUE}\n`,
  bedrock: `${BLUE}\n2 0\n`,
  cohere: `${BLUE}\n2 0\n`,
  google: `${BLUE}\n2\n`,
  mistral: `${BLUE}\n2\n`,
  openai: `${BLUE}\n${BLUE}2\n`,
  'openai-presets': `${BLUE}\n2\n${BLUE}\n${BLUE}\n`,
  voyage: '2 0\n',
  'gpt-tokenizer': '6\nhello world\n',
  html: /^Mortises \d+\nThe moon pulls at the sea\. \d+\n$/,
  pdf: /^oak\.pdf 1 \d+\n$/,
  'inspector-record': 'recorded\n',
  lancedb: 'Cut the pins first.\n',
  'sqlite-vec': 'Cut the pins first.\n',
  usearch: 'Cut the pins first.\n',
  stores: '2\n0\n',
  rag: /^Blue light scatters most \[1\]\.\[\n {2}\{\n {4}number: 1,/,
  'rag-parts': /^A title Its text\n1 1\n\|[^]*vectors/,
  'mcp-serve': 'function\n401\n',
  codemod: /^changed\nimport \{ OpenAILLM \} from '@mortise\/openai';\n/,
  conformance: 'Hello\n/chat/completions\nopenai\n',
  'gpt-tokenizer-sync': '6\n',
  yaml: "Tea [ 'Boil water.', 'Wait.' ]\n",
};

const INSPECTOR_PAGE = join(import.meta.dirname, '../../../packages/inspector/dist/page');

describe('the program at the head of a README', () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'mortise-readmes-'));

  beforeAll(() => {
    for (const name of ['data', 'docs', 'papers', 'site']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'docs/sky.md'), '# Sky\n\nThe sky is blue, since blue light scatters most.\n');
    writeFileSync(join(folder, 'papers/oak.pdf'), makePdf([['Oak is hard.']]));
    const page = '<title>Mortises</title><main><p>A mortise takes a tenon.</p></main>';
    writeFileSync(join(folder, 'site/index.html'), page);
    const line = { key: 'a', title: 'A title', body: { text: 'Its text' }, author: 'Anna' };
    writeFileSync(join(folder, 'data/pages.jsonl'), JSON.stringify(line));
    writeFileSync(join(folder, 'chat.json'), JSON.stringify({ format: 1, exchanges: [] }));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  const printed: string[] = [];
  beforeEach(() => {
    printed.length = 0;
    vi.spyOn(console, 'log').mockImplementation(
      (...values: unknown[]) => void printed.push(`${format(...values)}\n`),
    );
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => (printed.push(String(text)), true));
    for (const key of KEYS) vi.stubEnv(key, 'test');
    vi.stubEnv('MCP_TOKEN', 'a-token-of-sixteen-or-more');
    vi.stubGlobal(
      'fetch',
      providers((asked) => (asked.includes('tea') ? TEA : BLUE)),
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  it.each(Object.entries(PRINTED))('of %s runs, and prints what it should', async (name, expected) => {
    await import(`../packages/${name}.ts`);
    const output = printed.join('');
    expect(output).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  // Its page is made by `pnpm build`; the tests of services are run after that.
  it.skipIf(!existsSync(INSPECTOR_PAGE))(
    `of inspector shows where its page is${existsSync(INSPECTOR_PAGE) ? '' : ' (skipped: it is not built)'}`,
    async () => {
      await import('../packages/inspector.ts');
      await expect.poll(() => printed.join('')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\S+\n$/);
    },
  );

  it('of ai-sdk answers a page', async () => {
    const body = { messages: [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'Why?' }] }] };
    const request = new Request('https://example.com/chat', { method: 'POST', body: JSON.stringify(body) });
    const response = await endpoint(new ScriptedLLM({ replies: ['Because.'] }))(request);
    expect(await response.text()).toContain('"delta":"Beca"');
  });

  it('of conformance makes the model that a command tries', () => {
    const made = acme({ url: 'http://127.0.0.1:1', settings: { headers: { 'x-own': '1' } } });
    expect([made.modelId, made.provider]).toEqual(['acme-1', 'openai.chat']);
  });

  it('of transformers embeds and ranks', async () => {
    using models = tinyModels();
    expect(await search(models.embedding, models.reranker)).toEqual([2, 0]);
  });

  it('is one of these, or of a test that starts what it needs', () => {
    const names = readdirSync(new URL('../packages', import.meta.url)).map((name) => name.replace('.ts', ''));
    const others = ['acme', 'ai-sdk-ui', 'bullmq', 'inspector', 'keyv', 'mcp', 'postgres', 'transformers'];
    expect(names.toSorted()).toEqual([...Object.keys(PRINTED), ...others].toSorted());
  });
});
