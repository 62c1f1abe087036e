import { splitterConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenSplitter } from '../src/splitter.ts';

splitterConformance(
  { describe, it },
  {
    name: 'frozen',
    create: (settings) => new FrozenSplitter(settings),
    declares: [],
    reasons: { headings: 'It reads no Markdown.', hierarchy: 'Its chunks have one size.' },
  },
);
