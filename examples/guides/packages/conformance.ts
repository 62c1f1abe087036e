// #region wire
import { eventStream, startReplay, startWire } from '@mortise/conformance';
import { OpenAILLM } from '@mortise/openai';

const model = { model: 'acme-1', api: 'chat-completions', apiKey: 'test' } as const;

await using wire = await startWire((_request, reply) =>
  eventStream(reply, [
    '{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}',
    '[DONE]',
  ]),
);
const llm = new OpenAILLM({ ...model, baseURL: wire.url });
for await (const text of llm.streamChat('Hi').textStream) console.log(text);
console.log(wire.requests[0]?.path);
// #endregion

// #region replay
const key = process.env['ACME_API_KEY']; // without one, what was recorded is replayed
await using replay = await startReplay({ file: 'chat.json', upstream: 'https://api.acme.com', key });
const recorded = new OpenAILLM({ ...model, apiKey: replay.apiKey, baseURL: replay.url });
// #endregion
console.log(recorded.provider);
