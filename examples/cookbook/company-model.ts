/** A company's own model behind its own wire, streamed. `HOUSE_URL=https://models.acme.test node company-model.ts` */
import { BaseLLM, messageText, type Attempt, type ChatReply, type ChatRequest } from '@mortise/core';
import type { ChatStreamEvent } from '@mortise/core/llm';
import { errorFromResponse, guardedFetch, jsonEvents, malformed } from '@mortise/core/wire';
import { structured } from '@mortise/toolkit';
import { z } from 'zod';

interface HouseOptions {
  url: string;
  key: string;
}

/** Lines of JSON: `{"say":"..."}` as it writes, and `{"stop":"end"}` when it has ended. */
class HouseLLM extends BaseLLM {
  readonly metadata = {
    contextWindow: 32_000,
    isChatModel: true,
    capabilities: { streaming: true, tools: false, inputModalities: ['text'], structuredOutput: 'prompt' },
  } as const;
  readonly #options: HouseOptions;
  readonly #fetch = guardedFetch({ provider: 'house' }); // never sends the key to another host

  constructor(options: HouseOptions) {
    super({ provider: 'house', model: 'house-7' });
    this.#options = options;
  }

  override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    const { url, key } = this.#options;
    const turns = request.messages.map((message) => ({ who: message.role, says: messageText(message) }));
    const response = await this.#fetch(`${url}/answer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ turns, limit: request.maxOutputTokens }),
      signal: attempt.signal,
    });
    // `secrets` keeps the key out of every error, should the server repeat it.
    const about = { provider: this.provider, model: this.model, secrets: [key] };
    const { status, headers } = response;
    if (!response.ok) throw errorFromResponse({ ...about, status, headers });
    yield { type: 'start' };
    let text = '';
    for await (const line of jsonEvents(response, attempt, about, { format: 'json-lines' })) {
      if (typeof line['say'] === 'string') {
        text += line['say'];
        yield { type: 'text-delta', index: 0, delta: line['say'] };
      } else if (typeof line['stop'] === 'string') {
        yield { type: 'block', index: 0, block: { type: 'text', text } };
        const unified = line['stop'] === 'limit' ? 'length' : 'stop';
        yield { type: 'finish', finishReason: { unified, raw: line['stop'] }, usage: {} };
        return;
      } else throw malformed('a line that says nothing', about);
    }
    // Without an end the reply was cut: core makes an error of it.
  }

  /** This wire only streams. */
  async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    const content: ChatReply['content'][number][] = [];
    for await (const event of this.doStream(request, attempt)) {
      if (event.type === 'block') content.push(event.block);
      if (event.type === 'finish') return { content, finishReason: event.finishReason, usage: event.usage };
    }
    throw malformed('a reply without an end', this);
  }
}

const llm = new HouseLLM({ url: process.env['HOUSE_URL'] ?? '', key: process.env['HOUSE_KEY'] ?? '' });

// All that is built on the contract works with it: streams, typed data, agents, retrieval, caches.
const stream = llm.streamChat('What is a mortise?');
for await (const text of stream.textStream) process.stdout.write(text);
await stream.final();

const Joint = z.object({ name: z.string(), strength: z.number().int().min(1).max(5) });
const { value, mode } = await structured(llm, Joint, 'Describe the strongest joint.');
console.log(`\n${value.name}: ${value.strength} of 5 (by ${mode})`);
