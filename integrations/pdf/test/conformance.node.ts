import { describe, it } from 'node:test';
import { wire } from './wiring.ts';

wire({ describe, it });
