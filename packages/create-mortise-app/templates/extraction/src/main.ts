import { SqliteKeyValueStore } from '@mortise/stores';
import { extractAll } from './extract.ts';
import { chooseModel } from './model.ts';
import { standIn } from './stand-in.ts';

const folder = process.argv[2] ?? 'texts';
const store = new SqliteKeyValueStore({ path: '.data/replies.sqlite' });

// One JSON object a line, on stdout alone: `npm start --silent > invoices.jsonl`.
for await (const row of extractAll(chooseModel(standIn), folder, store)) {
  console.log(JSON.stringify(row));
  if ('error' in row) process.exitCode = 1;
}
