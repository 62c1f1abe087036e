import { embeddingCacheConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { frozenCache } from '../src/index.ts';

embeddingCacheConformance({ describe, it }, { name: 'frozen', cached: frozenCache });
