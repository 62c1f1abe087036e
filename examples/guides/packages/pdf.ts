import { pdfFormat } from '@mortise/pdf';
import { DirectoryReader } from '@mortise/rag';

const reader = new DirectoryReader({ directory: 'papers', formats: { '.pdf': pdfFormat() } });
for await (const { text, metadata } of reader.read())
  console.log(metadata['path'], metadata['page'], text.length);
