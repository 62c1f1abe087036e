import { isMortiseError } from '@mortise/core';
import { pdfFormat } from '@mortise/pdf';
import { makePdf } from './make-pdf.ts';
import { memoryFile } from './memory.ts';

/** Reads a file whole, leaves it after its first page, or is told to stop there; and does nothing to end itself. */
const manner = process.argv[2] ?? 'whole';
const controller = new AbortController();
const call = { signal: controller.signal, report: () => undefined };
const file = memoryFile('a.pdf', makePdf(manner === 'whole' ? [['one']] : [['one'], ['two']]));
try {
  for await (const { text } of pdfFormat().read(file, call)) {
    process.stdout.write(`${manner}: ${text}\n`);
    if (manner === 'left') break;
    if (manner === 'aborted') controller.abort();
  }
} catch (error) {
  if (isMortiseError(error)) process.stdout.write(`${error.code}: ${error.message}\n`);
  else if (!controller.signal.aborted) throw error;
}
