import { describe, it } from 'vitest';
import conformance from '@mortise/google/conformance';

conformance({ describe, it });
