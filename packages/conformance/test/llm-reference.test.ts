import { llmConformance } from '@mortise/conformance';
import { describe, it } from 'vitest';
import { ReferenceLLM } from './reference/adapter.ts';
import { reference } from './reference/dialect.ts';

const { capabilities } = new ReferenceLLM({ url: 'http://127.0.0.1', settings: {} }).metadata;

llmConformance(
  { describe, it },
  { create: (wire) => new ReferenceLLM(wire), dialect: reference, declares: capabilities },
);
