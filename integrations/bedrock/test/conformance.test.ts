import { describe, it } from 'vitest';
import conformance from '@mortise/bedrock/conformance';

conformance({ describe, it });
