import { describe, it } from 'vitest';
import conformance from '@mortise/cohere/conformance';

conformance({ describe, it });
