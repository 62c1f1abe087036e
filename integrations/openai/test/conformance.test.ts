import { describe, it } from 'vitest';
import conformance from '@mortise/openai/conformance';

conformance({ describe, it });
