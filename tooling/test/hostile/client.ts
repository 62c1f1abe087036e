/** One call in a process of its own: `argv` says which. Prints how it ended, how long it took, and how much memory. */
import { join } from 'node:path';
import { runTools, tool } from '@mortise/toolkit';
import { root } from '../../workspace.ts';

interface Asked {
  readonly subject: string;
  readonly method: 'chat' | 'stream' | 'embed' | 'rerank';
  readonly url: string;
  readonly settings: object;
  readonly runs: boolean;
}

/** A model of any integration, as far as it is called here. */
interface Model {
  chat(input: string): Promise<unknown>;
  streamChat(input: string): { final(): Promise<unknown> };
  embedText(text: string): Promise<unknown>;
  rerank(query: string, documents: readonly string[]): Promise<unknown>;
}

const { subject, method, url, settings, runs } = JSON.parse(process.argv[2] ?? '') as Asked;
const load = async (path: string): Promise<Record<string, new (options: object) => Model>> =>
  (await import(join(root, path))) as Record<string, new (options: object) => Model>;

const MADE: Readonly<Record<string, readonly [folder: string, name: string, options?: object]>> = {
  openaiResponses: ['openai', 'OpenAILLM'],
  openaiChat: ['openai', 'OpenAILLM', { api: 'chat-completions' }],
  anthropic: ['anthropic', 'AnthropicLLM'],
  cohere: ['cohere', 'CohereLLM'],
  google: ['google', 'GoogleLLM'],
  mistral: ['mistral', 'MistralLLM'],
  openaiEmbedding: ['openai', 'OpenAIEmbedding'],
  cohereEmbedding: ['cohere', 'CohereEmbedding'],
  googleEmbedding: ['google', 'GoogleEmbedding'],
  mistralEmbedding: ['mistral', 'MistralEmbedding'],
  cohereReranker: ['cohere', 'CohereReranker'],
  voyageEmbedding: ['voyage', 'VoyageEmbedding'],
  voyageImages: ['voyage', 'VoyageEmbedding', { metadata: { inputModalities: ['text', 'image'] } }],
  voyageReranker: ['voyage', 'VoyageReranker'],
  bedrock: ['bedrock', 'BedrockLLM'],
  bedrockEmbedding: ['bedrock', 'BedrockEmbedding', { family: 'cohere' }],
  bedrockReranker: ['bedrock', 'BedrockReranker'],
};

const [folder = '', name = '', options] = MADE[subject] ?? [];
const Made = (await load(`integrations/${folder}/src/index.ts`))[name];
if (Made === undefined) throw new Error(`There is no ${subject}.`);

function modelAt(url: string, settings: object): Model {
  return new (Made as new (given: object) => Model)({
    model: 'm',
    apiKey: 'sk-of-nobody',
    retry: false,
    timeoutMs: 120_000,
    ...options,
    ...settings,
    baseURL: url,
  });
}

function call(model: Model, runs: boolean): Promise<unknown> {
  if (runs) {
    const tools = [tool({ name: 'now', description: 'x', parameters: { type: 'object' }, execute: () => 1 })];
    const onEvent = method === 'stream' ? () => undefined : undefined;
    return runTools(model as never, 'Hi', { tools, onEvent, maxSteps: 1 });
  }
  if (method === 'chat') return model.chat('Hi');
  if (method === 'stream') return model.streamChat('Hi').final();
  return method === 'embed' ? model.embedText('Hi') : model.rerank('Hi', ['a', 'b']);
}

const resident = (): number => process.memoryUsage.rss();
const failure = async (
  calling: Promise<unknown>,
): Promise<{ readonly code?: string; readonly message?: string }> =>
  calling.then(
    () => ({ code: 'it did not fail' }),
    (thrown: object) => thrown,
  );

// What the first call loads is no part of what a reply takes.
await failure(call(modelAt(`${new URL(url).origin}/warm`, {}), false));
const before = resident();
let most = before;
const watch = setInterval(() => (most = Math.max(most, resident())), 5);
const begin = performance.now();
const { code, message } = await failure(call(modelAt(url, settings), runs));
const seconds = (performance.now() - begin) / 1_000;
clearInterval(watch);
most = Math.max(most, resident());
const megabytes = Math.round((most - before) / 2 ** 20);
process.stdout.write(JSON.stringify({ code, message, seconds, megabytes }), () => process.exit(0));
