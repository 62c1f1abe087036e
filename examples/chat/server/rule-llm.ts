import {
  BaseLLM,
  messageText,
  toolCallBlock,
  type Attempt,
  type ChatMessage,
  type ChatReply,
  type ChatRequest,
  type ChatStreamEvent,
  type ContentBlock,
  type LLMMetadata,
  type ToolResultBlock,
} from '@mortise/core';
import { eventsOfReply } from '@mortise/core/llm';
import { engineToolResult } from '@mortise/rag';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

/** What it may be told. */
export interface RuleLLMOptions {
  /** Milliseconds between two words of a stream. Default: 15. */
  wordDelayMs?: number;
}

/**
 * A model that needs no key and no network: rules in place of a language model, behind the interface of any. What begins with "note:" or
 * "remember" is a note; any other message is a question, which it looks up. It says what its tools gave, and nothing of its own.
 */
export class RuleLLM extends BaseLLM {
  override readonly metadata: LLMMetadata = {
    isChatModel: true,
    capabilities: { streaming: true, tools: true, inputModalities: ['text'] },
  };
  readonly #wordDelayMs: number;

  constructor({ wordDelayMs = 15 }: RuleLLMOptions = {}) {
    super({ provider: 'extractive', model: 'extractive' });
    this.#wordDelayMs = wordDelayMs;
  }

  override doGenerate({ messages }: ChatRequest): Promise<ChatReply> {
    const block = reply(messages);
    const why = block.type === 'tool-call' ? 'tool-calls' : 'stop';
    return Promise.resolve({ content: [block], finishReason: { unified: why, raw: why } });
  }

  /** Word by word, as models do. */
  override async *doStream(request: ChatRequest, { signal }: Attempt): AsyncGenerator<ChatStreamEvent> {
    for (const event of eventsOfReply(await this.doGenerate(request))) {
      if (event.type !== 'text-delta') yield event;
      else {
        for (const delta of event.delta.match(/\s*\S+|\s+/g) ?? []) {
          await setTimeout(this.#wordDelayMs, undefined, { signal });
          yield { ...event, delta };
        }
      }
    }
  }
}

function reply(messages: readonly ChatMessage[]): ContentBlock {
  const last = messages.at(-1);
  const results = typeof last?.content === 'string' ? [] : (last?.content ?? []);
  const said = results.flatMap((block) => (block.type === 'tool-result' ? [afterTool(block)] : []));
  if (said.length > 0) return { type: 'text', text: said.join('\n\n') };
  const question = messages.findLast(({ role }) => role === 'user');
  const text = question === undefined ? '' : messageText(question).trim();
  const note = noteIn(text);
  const id = randomUUID();
  return note === undefined
    ? toolCallBlock(id, 'search_docs', JSON.stringify({ question: text }))
    : toolCallBlock(id, 'save_note', JSON.stringify({ text: note }));
}

/** "note: x", "Remember that x". */
function noteIn(text: string): string | undefined {
  const [, rest] = /^(?:note:|remember\b[:,]?)([^]*)/i.exec(text) ?? [];
  const note = rest
    ?.trim()
    .replace(/^(?:that|to)\s/i, '')
    .trim();
  return note === '' ? undefined : note;
}

function afterTool(result: ToolResultBlock): string {
  const { toolName, content, isError } = result;
  if (toolName === 'save_note')
    return isError === true ? 'I did not save that note.' : 'Saved: the note is in your list.';
  const found = engineToolResult(result);
  if (found !== undefined) return found.answer;
  if (isError === true) return 'The search failed. Ask again.';
  return typeof content === 'string' ? content : 'It gave what is no text.';
}
