import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineToolResult } from '@mortise/rag';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { parseChatArguments } from '../arguments.ts';
import type { SearchResult } from '../contract.ts';
import { citationLinks, readCitationLink } from '../page/citation-links.ts';
import { titleOf } from '../server/conversations.ts';
import { approvalKey } from '../server/data-folder.ts';
import { Notes } from '../server/notes.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-chat-parts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('contract: the page reads what an engine gives', () => {
  expectTypeOf<EngineToolResult>().toExtend<SearchResult>();
});

describe('arguments', () => {
  const parse = (...argv: string[]) => parseChatArguments(argv, '/default');

  test('arguments: the page has a port and a folder, and the rest is what pnpm start takes', () => {
    expect(parse()).toMatchObject({ port: 8787, data: '/default', ask: { llm: { provider: 'extractive' } } });
    expect(parse('--', '--port=0', '--data', 'here', '--docs', 'there', '--llm=openai:x')).toMatchObject({
      ...{ port: 0, data: 'here' },
      ask: { docs: 'there', llm: { provider: 'openai', model: 'x' } },
    });
  });

  test.each([
    [['--port', '99999'], '--port 99999 is no port'],
    [['--port'], '--port'],
    [['--question', 'x'], '--question is for the terminal'],
    [['--colour'], 'there is no option --colour'],
    [['stray'], '"stray" stands alone'],
  ])('arguments: %j is refused', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });
});

describe('citations of a text', () => {
  const linksOf = (value: string) => {
    const tree = { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value }] }] };
    citationLinks()(tree);
    return tree.children[0]!.children.map((node: { type: string; url?: string; value?: string }) =>
      node.type === 'link' ? readCitationLink(node.url!) : node.value,
    );
  };

  test('citations: each is a link to its source, and knows which of its number it is', () => {
    expect(linksOf('A [1]. B [2, 1] c')).toEqual([
      'A\u00a0',
      { number: 1, occurrence: 0 },
      '. B\u00a0',
      { number: 2, occurrence: 0 },
      { number: 1, occurrence: 1 },
      ' c',
    ]);
  });

  test('citations: other brackets are left as they are', () => {
    for (const text of ['an array[x]', '[12345]', '[ 1 ]', '[^1]']) expect(linksOf(text)).toEqual([text]);
    expect(readCitationLink('https://a.example/#source-1-0')).toBeUndefined();
  });

  test('citations: what stands in code and in links is no text of theirs', () => {
    const code = { type: 'inlineCode', value: 'a[1]' };
    const link = { type: 'link', url: 'https://a.example', children: [{ type: 'text', value: '[1]' }] };
    const tree = { type: 'root', children: [code, link] };
    citationLinks()(tree);
    expect(tree.children).toEqual([code, link]);
  });
});

describe('what is kept', () => {
  test('notes: one with the same key is written once', async () => {
    const notes = new Notes(join(folder, 'notes.md'));
    expect(await notes.add('buy\n oak', 'run/1/0')).toEqual({ saved: 'buy oak', file: 'notes.md' });
    await notes.add('buy oak', 'run/1/0');
    await notes.add('buy ash', 'run/2/0');
    expect(statSync(join(folder, 'notes.md')).size).toBe(
      '- buy oak <!-- run/1/0 -->\n- buy ash <!-- run/2/0 -->\n'.length,
    );
  });

  test('key: it is made once, and one that was cut is refused', async () => {
    const key = await approvalKey(folder);
    expect(await approvalKey(folder)).toEqual(key);
    writeFileSync(join(folder, 'approval.key'), 'short');
    await expect(approvalKey(folder)).rejects.toThrow('holds 5 bytes');
  });

  test('titles: a long question is cut', () => {
    expect(titleOf(' a\n b ')).toBe('a b');
    expect(titleOf('word '.repeat(40))).toHaveLength(60);
  });
});
