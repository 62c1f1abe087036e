import { similarityConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { frozenSimilarity } from '../src/similarity.ts';

similarityConformance({ describe, it }, { name: 'frozen', similarity: frozenSimilarity });
