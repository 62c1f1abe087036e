import { ListParser, prompt } from '@mortise/toolkit';
import { OpenAILLM } from '@mortise/openai';

const llm = new OpenAILLM({ model: 'gpt-5.4-mini' });
const parser = new ListParser({ style: 'numbered' });
const question = prompt('Name {count} joints used in {craft}.');

const stream = llm.streamChat(parser.format(question.format({ count: 3, craft: 'carpentry' })));
for await (const joints of parser.stream(stream.textStream)) console.log(joints);
