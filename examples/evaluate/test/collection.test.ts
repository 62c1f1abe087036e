import { expect, test } from 'vitest';
import { parseArguments } from '../arguments.ts';
import { readCollection } from '../collection.ts';
import { Sandbox } from './sandbox.ts';

const CORPUS =
  '{"_id":"a","title":"Bees","text":"They fly."}\n{"_id":2,"title":"Moss","text":"Moss grows."}\n\n{"_id":"c"}\n';
const QUERIES = '\uFEFF{"_id":"q1","text":"what flies"}\r\n{"_id":"q2","text":""}\r\n';
const WHOLE = { 'corpus.jsonl': CORPUS, 'queries.jsonl': QUERIES };
const TABLE = 'query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\t2\t0\nq1\tgone\t1\n';

test.each([
  ['qrels.tsv', TABLE],
  ['qrels/test.tsv', TABLE],
  [
    'qrels.jsonl',
    '{"query-id":"q1","corpus-id":"a","score":2}\n{"query-id":"q1","corpus-id":2,"score":0}\n' +
      '{"query-id":"q1","corpus-id":"gone","score":1}\n',
  ],
])('documents, queries and judgements are read, the latter from %s', async (name, text) => {
  using box = new Sandbox({ ...WHOLE, [name]: text });
  const collection = await readCollection(box.path);
  expect(collection.documents.map(({ id, text: body }) => [id, body])).toEqual([
    ['a', 'Bees\n\nThey fly.'],
    // The title stands in the text already.
    ['2', 'Moss grows.'],
  ]);
  expect(collection.withoutText).toEqual(['c']);
  expect(collection.queries[0]).toEqual({ id: 'q1', query: 'what flies' });
  expect(Object.fromEntries(collection.judgements.get('q1') ?? [])).toEqual({ a: 2, 2: 0, gone: 1 });
  expect(collection.strayJudgements).toBe(1);
});

test.each<[what: string, files: Record<string, string>, message: RegExp]>([
  ['no judgements', {}, /has no judgements\. Add qrels\.jsonl, or qrels\.tsv, or qrels\/test\.tsv\.$/],
  ['no corpus', { 'corpus.jsonl': '', 'qrels.tsv': TABLE }, /corpus\.jsonl has no document\./],
  [
    'a line that is no JSON',
    { 'corpus.jsonl': `${CORPUS}{"_id`, 'qrels.tsv': TABLE },
    /corpus\.jsonl:5 is no JSON object\./,
  ],
  ['no id', { 'queries.jsonl': '{"text":"a"}', 'qrels.tsv': TABLE }, /queries\.jsonl:1 has no "_id"\./],
  [
    'an id that comes twice',
    { 'corpus.jsonl': CORPUS + CORPUS, 'qrels.tsv': TABLE },
    /corpus\.jsonl:5: the id "a" stands on an earlier line too\./,
  ],
  [
    'a text that is none',
    { 'queries.jsonl': '{"_id":"q","text":7}', 'qrels.tsv': TABLE },
    /queries\.jsonl:1: "text" is no text\./,
  ],
  ['a judged query without text', { 'qrels.tsv': 'q2\ta\t1' }, /the query "q2" is judged and has no text\./],
  ['a score that is none', { 'qrels.tsv': 'q1\ta\tmuch' }, /qrels\.tsv:1: the score is no number\./],
  ['a score that is missing', { 'qrels.tsv': 'q1\ta' }, /qrels\.tsv:1: the score is no number\./],
  ['four columns', { 'qrels.tsv': 'q1\t0\ta\t1' }, /qrels\.tsv:1 has no three columns\./],
])('%s is said, with its place', async (_what, files, message) => {
  using box = new Sandbox({ ...WHOLE, ...files });
  await expect(readCollection(box.path)).rejects.toThrow(message);
});

test('a file that is not there is said', async () => {
  using box = new Sandbox({ 'corpus.jsonl': CORPUS, 'qrels.tsv': TABLE });
  await expect(readCollection(box.path)).rejects.toThrow(
    /queries\.jsonl cannot be read\. A collection needs it\.$/,
  );
});

test('options are read, `--` before them or not', () => {
  expect(parseArguments(['--', '--collection', '/c', '--json', '/j', '--cache', '/e'])).toEqual({
    collection: '/c',
    json: '/j',
    cache: '/e',
  });
  expect(parseArguments(['--help'])).toBeUndefined();
});

test.each([
  [[], /there is no collection\. Add --collection DIR/],
  [['--collection', ''], /a path is empty\./],
  [['--colection', 'x'], /Unknown option '--colection'\. See --help\./],
  [['--collection'], /argument missing\. See --help\./],
])('%j is refused', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(message);
});
