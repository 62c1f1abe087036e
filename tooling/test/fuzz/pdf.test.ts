import { pdfFormat } from '@mortise/pdf';
import { makePdf } from '../../../integrations/pdf/test/make-pdf.ts';
import { formatTargets } from './formats.ts';
import { fuzz } from './fuzz.ts';

const whole = makePdf([['A page.'], ['Another one.']], { title: 'T' });

// Each case that reads starts a thread: they are few.
fuzz(
  'integrations/pdf',
  formatTargets(
    'pdfFormat',
    (options: Parameters<typeof pdfFormat>[0]) => pdfFormat(options),
    () => ({
      documents: 'file' as const,
      box: 'crop' as const,
      password: 'p',
      maxBytes: 10_000,
      pageTimeoutMs: 2_000,
      maxMemoryMb: 256,
    }),
    'a.pdf',
    () => whole.slice(),
  ),
);
