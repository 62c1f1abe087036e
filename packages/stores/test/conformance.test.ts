import { describe, it } from 'vitest';
import conformance from '@mortise/stores/conformance';

conformance({ describe, it });
