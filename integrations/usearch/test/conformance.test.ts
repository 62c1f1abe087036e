import { describe, it } from 'vitest';
import conformance from '@mortise/usearch/conformance';

conformance({ describe, it });
