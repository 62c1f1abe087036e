import { describe, it } from 'vitest';
import conformance from '@mortise/sqlite-vec/conformance';

conformance({ describe, it });
