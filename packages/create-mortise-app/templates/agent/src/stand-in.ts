import { messageText, toolCallBlock, type ChatMessage, type ContentBlock, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';

/** In place of a model, where there is no key: it looks at the stock, orders, and says what its tools gave. */
export function standIn(): LLM {
  return new ScriptedLLM({ model: 'stand-in', replies: ({ messages }) => next(messages) });
}

const NUMBERS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  twelve: 12,
};

function next(messages: readonly ChatMessage[]): readonly ContentBlock[] | string {
  const task = messages.find(({ role }) => role === 'user');
  const words = (task === undefined ? '' : messageText(task)).toLowerCase();
  const wood = /oak|pine|walnut/.exec(words)?.[0];
  if (wood === undefined)
    return 'I am a stand-in and know oak, pine and walnut. A model would understand more.';
  const number =
    /\d+/.exec(words)?.[0] ?? words.split(/\W+/).find((word) => NUMBERS[word] !== undefined) ?? 'one';
  const results = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.filter((block) => block.type === 'tool-result'),
  );
  const last = results.at(-1);
  if (last === undefined) return [toolCallBlock('call_1', 'stock', JSON.stringify({ wood }))];
  const said = typeof last.content === 'string' ? last.content : JSON.stringify(last.content);
  if (last.toolName === 'order') return last.isError === true ? `Nothing was ordered: ${said}` : said;
  if (!words.includes('order')) return `In the store: ${said}`;
  const boards = NUMBERS[number] ?? Number(number);
  return [toolCallBlock('call_2', 'order', JSON.stringify({ wood, boards }))];
}
