import { messageText, type ChatMessage, type LLM } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import type { Invoice } from './invoice.ts';

/** In place of a model, where there is no key: it finds by patterns what stands in these three texts, and little else. */
export function standIn(): LLM {
  return new ScriptedLLM({
    model: 'stand-in',
    metadata: { capabilities: { tools: false } },
    replies: ({ messages }) => JSON.stringify(read(lastText(messages))),
  });
}

function read(text: string): Invoice {
  const amount = /(\d[\d,]*\.\d{2}) EUR|EUR (\d[\d,]*\.\d{2})/.exec(text);
  const euros = amount?.[1] ?? amount?.[2];
  return {
    isInvoice: euros !== undefined,
    sender: /^From: (\S+)/m.exec(text)?.[1] ?? '',
    number: /Invoice (?:no\. )?(\S*\d)/.exec(text)?.[1] ?? null,
    amount: euros === undefined ? null : Number(euros.replaceAll(',', '')),
    due: /(?:by|due on) (\d{4}-\d{2}-\d{2})/.exec(text)?.[1] ?? null,
  };
}

function lastText(messages: readonly ChatMessage[]): string {
  return messages
    .filter(({ role }) => role === 'user')
    .map(messageText)
    .join('\n');
}
