import { llamaindex, transform } from '@mortise/codemod';

const text =
  "import { openai } from '@llamaindex/openai';\n\nexport const llm = openai({ model: 'gpt-4o' });\n";
const outcomes = transform(llamaindex, [{ path: 'src/answer.ts', text }]);
for (const { state, after } of outcomes) console.log(`${state}\n${after}`);
