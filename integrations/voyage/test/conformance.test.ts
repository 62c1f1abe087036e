import { describe, it } from 'vitest';
import conformance from '@mortise/voyage/conformance';

conformance({ describe, it });
