import { afterEach, describe, expect, it, vi } from 'vitest';
import { planDrying } from '../from-ai-sdk.ts';
import { nearest } from '../from-langchain-documents.ts';
import { explain, readJoint, stream } from '../from-langchain-chain.ts';
import { askCarpenter } from '../from-llamaindex-agent.ts';
import { answerFromNotes, streamFromNotes } from '../from-llamaindex-answers.ts';
import { askDocuments } from '../from-llamaindex-python.ts';

interface Asked {
  readonly stream?: boolean;
  readonly input?: readonly string[];
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

/** OpenAI's server, as far as the programs ask it: `replies` are texts, or calls of tools, one a request. */
function server(...replies: (string | object)[]) {
  const asked: Asked[] = [];
  vi.stubEnv('OPENAI_API_KEY', 'test');
  vi.stubGlobal('fetch', async (input: Request | string | URL, init?: RequestInit) => {
    const body = JSON.parse(await new Request(input, init).text()) as Asked;
    if (body.input !== undefined) return Response.json(vectors(body.input));
    asked.push(body);
    const reply = replies.shift() ?? '';
    const message = typeof reply === 'string' ? { content: reply } : { content: null, tool_calls: [reply] };
    const reason = typeof reply === 'string' ? 'stop' : 'tool_calls';
    if (body.stream !== true)
      return Response.json({
        id: 'c',
        model: 'gpt-4o-mini',
        choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: reason }],
      });
    const chunks = [
      { choices: [{ index: 0, delta: { role: 'assistant', ...message }, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
    ].map((chunk) => `data: ${JSON.stringify({ id: 'c', model: 'gpt-4o-mini', ...chunk })}\n\n`);
    return new Response(`${chunks.join('')}data: [DONE]\n\n`, {
      headers: { 'content-type': 'text/event-stream' },
    });
  });
  return asked;
}

/** A text that speaks of oak lies near the others that do. */
const vectors = (texts: readonly string[]) => ({
  model: 'text-embedding-3-small',
  data: texts.map((text, index) => ({ index, embedding: text.includes('oak') ? [1, 0] : [0, 1] })),
  usage: { prompt_tokens: 1, total_tokens: 1 },
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('what the codemod writes, run', () => {
  it('answers from notes', async () => {
    server('Oak is hard [1].');
    const [answer, first] = await answerFromNotes(['The oak is hard.', 'Ash bends.'], 'What is oak?');
    expect([answer, first]).toEqual(['Oak is hard [1].', 'The oak is hard.']);
  });

  it('streams an answer from notes', async () => {
    server('Hard [1].');
    const texts: string[] = [];
    await streamFromNotes(['The oak is hard.'], 'What is oak?', (text) => void texts.push(text));
    expect(texts.join('')).toBe('Hard [1].');
  });

  it('runs an agent with its tool', async () => {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'dryingDays', arguments: '{"wood":"oak","millimetres":10}' },
    };
    const asked = server(call, 'It dries for 200 days.');
    expect(await askCarpenter('How long does oak dry?')).toBe('It dries for 200 days.');
    expect(asked[0]?.messages?.[0]).toMatchObject({ role: 'system' });
    expect(JSON.stringify(asked[1]?.messages)).toContain('oak: 200 days');
  });

  it('fills in a prompt, reads a schema, and streams', async () => {
    const asked = server(' Un tenon. ', '{"name":"dovetail","needsGlue":false}', 'Oak.');
    expect(await explain('French', 'What is a tenon?')).toBe('Un tenon.');
    expect(asked[0]?.messages?.[0]?.content).toBe(
      'Answer in French, as JSON such as {"joint": "dovetail"} where you can.',
    );
    expect(await readJoint('A dovetail holds by itself.')).toBe('dovetail: no glue');
    const texts: string[] = [];
    await stream('Which wood?', (text) => void texts.push(text));
    expect(texts.join('')).toBe('Oak.');
  });

  it('finds the nearest chunks', async () => {
    server();
    expect(await nearest(['Ash bends.', 'The oak is hard.', 'A third oak.'], 'oak')).toEqual(
      expect.arrayContaining(['The oak is hard.', 'A third oak.']),
    );
  });
});

it('the program beside the one in Python answers from a folder', async () => {
  server('Oak is hard [1].');
  const { text, sources } = await askDocuments(new URL('inputs', import.meta.url).pathname, 'What is oak?');
  expect([text, sources]).toEqual(['Oak is hard [1].', ['wood.md']]);
});

it('the program beside the one for the AI SDK runs its tool', async () => {
  const call = {
    id: 'call_1',
    type: 'function',
    function: { name: 'dryingDays', arguments: '{"wood":"oak","millimetres":10}' },
  };
  const asked = server(call, 'It dries for 200 days.');
  expect(await planDrying('How long does oak dry?')).toBe('It dries for 200 days.');
  expect(JSON.stringify(asked[1]?.messages)).toContain('oak: 200 days');
});
