import { describe, it } from 'node:test';
import conformance from '@mortise/sqlite-vec/conformance';

conformance({ describe, it });
