import { llmConformance, openAIChatCompletions } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { AcmeLLM } from '@mortise/acme';

const model = { model: 'acme-1', apiKey: 'key-of-a-test' };

llmConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new AcmeLLM({ ...model, ...settings, baseURL: url }),
    // REPLACE: spread it and change what Acme does otherwise: `{ ...openAIChatCompletions, without: {...} }`.
    dialect: openAIChatCompletions,
    name: 'acme',
    declares: new AcmeLLM(model).metadata.capabilities,
    // REPLACE: for what is not declared, why. Declare it instead where the API has it.
    reasons: {
      reasoning: 'Acme has no reasoning.',
      document: 'Acme takes text and images.',
    },
  },
);
