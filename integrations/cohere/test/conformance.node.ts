import { describe, it } from 'node:test';
import conformance from '@mortise/cohere/conformance';

conformance({ describe, it });
