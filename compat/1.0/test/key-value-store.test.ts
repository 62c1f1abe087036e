import { keyValueConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { FrozenKeyValueStore } from '../src/index.ts';

keyValueConformance(
  { describe, it },
  {
    name: 'frozen',
    open: () => ({ store: new FrozenKeyValueStore() }),
    declares: ['iterate'],
    reasons: {
      persistence: 'It is in memory.',
      failure: 'Nothing can fail in it.',
      'compare-and-set': 'It was written before there was one.',
      lock: 'It was written before there was one.',
    },
  },
);
