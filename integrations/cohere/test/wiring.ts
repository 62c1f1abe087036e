import { cohereChat, llmConformance, type TestFunctions } from '@mortise/conformance';
import { CohereLLM } from '@mortise/cohere';

const model = {
  model: 'command-test',
  apiKey: 'co-conformance',
  metadata: { capabilities: { reasoning: true } },
};

export function wire(functions: TestFunctions): void {
  llmConformance(functions, {
    create: ({ url, settings }) => new CohereLLM({ ...model, ...settings, baseURL: url }),
    dialect: cohereChat,
    declares: new CohereLLM(model).metadata.capabilities,
  });
}
