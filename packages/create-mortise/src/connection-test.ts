import type { Capability, ScaffoldOptions } from './options.ts';
import { constantCase, pascalCase } from './names.ts';

/** One call of each capability that sends something, and where it goes. */
const CALLS: Readonly<
  Partial<Record<Capability, { make: string; call: string; path: string; compatible?: string }>>
> = {
  llm: { make: "LLM({ model: 'm'", call: "chat('Hi')", path: '/v1/chat', compatible: '/chat/completions' },
  embedding: {
    make: "Embedding({ model: 'm'",
    call: "embedText('a')",
    path: '/v1/embed',
    compatible: '/embeddings',
  },
  reranker: { make: "Reranker({ model: 'm'", call: "rerank('q', ['a'])", path: '/v1/rerank' },
  retriever: { make: "Retriever({ collection: 'notes'", call: "retrieve('q')", path: '/v1/search' },
  reader: { make: "Reader({ space: 'home'", call: 'read().next()', path: '/v1/pages' },
};

/** The case that turns red when the address or the header of the key is forgotten; the same for whatever connects. */
export function connectionTest(capability: Capability, { name, openAICompatible }: ScaffoldOptions): string {
  const found = CALLS[capability];
  if (found === undefined) return '';
  const { make, call, path, compatible } = found;
  const instance = (key: string): string =>
    `new ${pascalCase(name)}${make}, apiKey: '${key}', fetch }).${call}`;
  const base = `https://api.${name}.example${openAICompatible ? '/v1' : ''}`;
  const url = base + (openAICompatible && compatible !== undefined ? compatible : path);
  return `
it('C-09: sends the key to the provider, and says where to put it when there is none', async () => {
  const sent: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([url, new Headers(init?.headers).get('authorization')]);
    return Response.json({}, { status: 400 });
  };
  await expect(${instance('key-of-a-test')}).rejects.toMatchObject({ code: 'invalid-request' });
  // REPLACE: where the API is, and how it wants its key.
  expect(sent).toEqual([['${url}', 'Bearer key-of-a-test']]);
  await expect(${instance(' ')}).rejects.toThrow('${constantCase(name)}_API_KEY');
});

it('E-04: tells a quota that is used up from a limit that passes', async () => {
  // REPLACE: what the API says then.
  const error = { message: 'All of it is used.', code: '${openAICompatible ? 'insufficient_quota' : 'quota'}' };
  const fetch: typeof globalThis.fetch = async () => Response.json({ error }, { status: 429 });
  const failed = ${instance('key-of-a-test')};
  await expect(failed).rejects.toMatchObject({ code: 'quota' });
  await expect(failed).rejects.toThrow('All of it is used');
});
`;
}
