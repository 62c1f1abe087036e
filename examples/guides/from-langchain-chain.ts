import { OpenAILLM } from '@mortise/openai';
import { withDefaults, chatPrompt, structured } from '@mortise/toolkit';
import type { ChatInput } from '@mortise/core';
import { z } from 'zod';

const model = withDefaults(new OpenAILLM({ model: 'gpt-4o-mini', api: 'chat-completions' }), {
  temperature: 0,
});

const prompt = chatPrompt([
  { role: 'system', content: 'Answer in {language}, as JSON such as {{"joint": "dovetail"} where you can.' },
  { role: 'user', content: '{question}' },
]);

const chain = async (input: Parameters<typeof prompt.format>[0]) =>
  (await model.chat(prompt.format(input))).text;

const Joint = z.object({ name: z.string(), needsGlue: z.boolean() });
const reader = { invoke: async (input: ChatInput) => (await structured(model, Joint, input)).value };

export async function explain(language: string, question: string): Promise<string> {
  const answer = await chain({ language, question });
  return answer.trim();
}

export async function readJoint(text: string): Promise<string> {
  const joint = await reader.invoke([
    { role: 'system', content: 'Read the joint from the text.' },
    { role: 'user', content: text },
  ]);
  return `${joint.name}: ${joint.needsGlue ? 'glue' : 'no glue'}`;
}

export async function stream(question: string, write: (text: string) => void): Promise<void> {
  for await (const chunk of model.streamChat(question).textStream) write(chunk);
}
