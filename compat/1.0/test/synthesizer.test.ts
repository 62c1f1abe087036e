import { synthesizerConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenSynthesizer } from '../src/synthesizer.ts';

synthesizerConformance(
  { describe, it },
  {
    name: 'frozen',
    create: (llm) => new FrozenSynthesizer(llm),
    declares: ['model'],
    reasons: { citations: 'It looks for no citations.' },
  },
);
