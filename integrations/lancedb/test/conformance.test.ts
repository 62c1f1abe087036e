import { describe, it } from 'vitest';
import { wire } from './wiring.ts';

wire({ describe, it });
