import { describe, it } from 'vitest';
import conformance from '@mortise/anthropic/conformance';

conformance({ describe, it });
