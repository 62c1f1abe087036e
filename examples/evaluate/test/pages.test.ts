import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { comparePages, pagesReport } from '../pages.ts';
import { Sandbox } from './sandbox.ts';

const PAGES = {
  'all/source.html':
    '<nav>Home</nav><main><h1>Tides</h1><p>Twice a <b>da</b>y, 10<sup>6</sup> times.</p></main>',
  'all/expected.html':
    '<div><h1>Tides</h1><p>Twice a day, 10<sup>6</sup> times.</p><script>no()</script></div>',
  'half/source.html': '<main><p>One, two, two.</p></main><p>Three. 三</p>',
  'half/expected.html': '<p>One two</p><p>three 三</p>',
  'other/source.html': '<p>Nobody expects this.</p>',
};

it('compares the words of each page that has both files, worst first', async () => {
  using box = new Sandbox(PAGES);
  expect(await comparePages(box.path)).toEqual([
    { name: 'half', recall: 0.5, precision: 2 / 3, expected: 4, missed: ['three', '三'] },
    { name: 'all', recall: 1, precision: 1, expected: 7, missed: [] },
  ]);
  const everything = await comparePages(box.path, { boilerplate: true });
  expect(everything.map(({ name, recall }) => [name, recall])).toEqual([
    ['half', 1],
    ['all', 1],
  ]);
});

it('reports means of both ways, and the worst pages', async () => {
  using box = new Sandbox(PAGES);
  const reports = await comparePages(box.path);
  const text = pagesReport(reports, reports, 1);
  expect(text).toContain('# 2 pages');
  expect(text).toContain('| content             | 75.00 % | 50.00 % | 83.33 % |');
  expect(text).toContain('| half | 50.00 % | 66.67 % | 4 | three, 三 |');
  expect(text).not.toContain('| all |');
});

it('runs from the command line, and says in one line what is wrong', async () => {
  using box = new Sandbox(PAGES);
  const folder = resolve(import.meta.dirname, '..');
  const node = resolve(folder, '../../node_modules/.bin/node');
  const run = (...args: string[]) =>
    promisify(execFile)(node, ['--conditions=mortise-source', join(folder, 'pages.ts'), ...args], {
      cwd: box.path,
      env: { PATH: process.env['PATH'] },
    });
  expect((await run('--pages', '.')).stdout).toContain('| half | 50.00 % |');
  await expect(run('--pages', 'nowhere')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: `error: there is no folder ${join(box.path, 'nowhere')}. Check --pages.\n`,
  });
}, 600_000);
