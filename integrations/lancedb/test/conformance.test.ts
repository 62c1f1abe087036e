import { describe, it } from 'vitest';
import conformance from '@mortise/lancedb/conformance';

conformance({ describe, it });
