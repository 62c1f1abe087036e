import {
  anthropicMessages,
  llmConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { AnthropicLLM } from '@mortise/anthropic';

const model = { model: 'claude-test', apiKey: 'sk-ant-conformance' };

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(functions, {
      create: ({ url, settings }) => new AnthropicLLM({ ...model, ...settings, baseURL: url }),
      dialect: anthropicMessages,
      declares: new AnthropicLLM(model).metadata.capabilities,
      reasons: { seed: "Anthropic's API has no seed." },
    }),
  ];
}
