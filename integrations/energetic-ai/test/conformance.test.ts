import { describe, it } from 'vitest';
import conformance from '@mortise/energetic-ai/conformance';

conformance({ describe, it });
