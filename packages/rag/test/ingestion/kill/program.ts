// A run that is killed: brings the index in a folder to a generation of the corpus. Arguments: the folder, the kind of
// index, the number of documents, the generation. It says when it begins.
import { corpus } from './corpus.ts';
import { ingest, type Kind } from './kinds.ts';

const [folder = '', kind = '', count = '', generation = ''] = process.argv.slice(2);
process.stdout.write('begins\n');
const report = await ingest(kind as Kind, folder, corpus(Number(count), Number(generation)));
process.stdout.write(`${JSON.stringify(report)}\n`);
