import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Parser } from 'commonmark';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { markdownHeadings } from '@mortise/rag';
import { compareHeadings } from '../headings.ts';

/** What opens, nests and ends blocks, put together at random. */
const piece = fc.constantFrom(
  ...[
    '# a',
    '## b ##',
    '#c',
    '###',
    '- ',
    '* ',
    '1. ',
    '2) ',
    '> ',
    '>',
    '  ',
    '    ',
    '\t',
    '\n',
    '\n',
    '\n\n',
  ],
  ...['```', '``` x', '````', '~~~', '``` a ```', '`', '===', '---', '-', '=', '***', 'text', 'more text\n'],
  ...['<!-- ', ' -->', '<div>', '</div>', '<pre>', '</pre>', '<b x="y">', '<?', '?>', '+ '],
);
const markdown = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));

it('D-02: finds the headings that CommonMark has, whatever blocks nest', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const ours = markdownHeadings(text).map(({ start, level }) => [
        text.slice(0, start).split('\n').length,
        level,
      ]);
      expect(ours).toEqual(reference(text));
    }),
    { numRuns: Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 2_000) },
  );
});

it('D-02: compares the files of a folder with a parser of CommonMark', async () => {
  const directory = await folder({
    'a.md': '# A\n\n<h2>B</h2>\n\n- ```sh\n  # no heading\n  ```\n\nC\n---\n',
    'node_modules/b/README.md': '---\ntitle: x\n---\n# B\n',
  });
  expect(await compareHeadings(directory, 10)).toEqual({ files: 2, headings: 3, lost: [], added: [] });
  expect(await compareHeadings(directory, 1)).toMatchObject({ files: 1, headings: 2 });
});

function reference(text: string): number[][] {
  const headings: number[][] = [];
  const walker = new Parser().parse(text).walker();
  for (let step = walker.next(); step !== null; step = walker.next())
    if (step.entering && step.node.type === 'heading')
      headings.push([step.node.sourcepos[0][0], step.node.level]);
  return headings;
}

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mortise-headings-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}
