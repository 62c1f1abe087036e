import {
  anthropicMessages,
  llmConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { AnthropicLLM } from '@mortise/anthropic';

const model = { model: 'claude-test', apiKey: 'sk-ant-conformance' };

/** Declares the suites that this package passes: `npx @mortise/conformance --package @mortise/anthropic` runs them. */
export default function conformance(test: TestFunctions): ConformanceResults[] {
  return [
    llmConformance(test, {
      create: ({ url, settings }) => new AnthropicLLM({ ...model, ...settings, baseURL: url }),
      dialect: anthropicMessages,
      declares: new AnthropicLLM(model).metadata.capabilities,
      reasons: { seed: "Anthropic's API has no seed." },
    }),
  ];
}
