import {
  CombinedParser,
  EnumParser,
  ListParser,
  MarkdownTableParser,
  prompt,
  withRepair,
} from '@mortise/toolkit';
import type { ChatMessage, LLM } from '@mortise/core';

const table = new MarkdownTableParser({ columns: ['name', 'price'] });

/** One question to a chat model: the form stands at the end of it, behind the image. */
export async function readMenu(llm: LLM, image: string): Promise<{ [column: string]: string }[]> {
  const question: ChatMessage[] = [
    { role: 'system', content: 'You read menus.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What does it cost?' },
        { type: 'image', source: { url: image } },
      ],
    },
  ];
  const { text } = await llm.chat(table.format(question));
  return table.parse(text);
}

const ticket = new CombinedParser({
  team: new EnumParser(['billing', 'technical', 'other']),
  reply: { parse: async (text: string) => text },
  tags: new ListParser(),
});

const ask = prompt('Answer this customer, politely.\n\n{example}\n\nMessage: {message}');
const example = `Message: I was charged twice.
<team>billing</team><reply>We will pay it back.</reply><tags>refund, double charge</tags>`;

/** Prose and data in one reply: the prose needs no escapes, and the data is checked. */
export async function answerTicket(llm: LLM, message: string) {
  const parser = withRepair(ticket, llm);
  const { text } = await llm.complete(parser.format!(ask.format({ example, message })));
  return parser.parse(text);
}
