import { describe, it } from 'vitest';
import conformance from '@mortise/mistral/conformance';

conformance({ describe, it });
