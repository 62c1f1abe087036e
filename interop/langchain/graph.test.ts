import type { BaseMessage } from '@langchain/core/messages';
import {
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import type { ChatReply, ContentBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { toLangChain } from '@mortise/langchain';
import { tool as ours } from '@mortise/toolkit';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { core } from './core.ts';

const reply = (content: readonly ContentBlock[]): ChatReply => ({
  content: [...content],
  finishReason: { unified: 'stop', raw: 'end_turn' },
  usage: { inputTokens: 3, outputTokens: 2 },
});

const thought = { type: 'reasoning', text: 'hm', signature: 'c2ln' } as const;
const call = { type: 'tool-call', id: 'c1', name: 'weather', arguments: { city: 'Rome' } } as const;

const weather = toLangChain(
  ours({
    name: 'weather',
    description: 'Of a city.',
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => `Rain in ${city}.`,
  }),
  core,
);

/** A model and its tools, node by node; `approve` stands between them. */
function graphOf(llm: ScriptedLLM, { isAsking = false } = {}) {
  const model = toLangChain(llm, core).bindTools!([weather]);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode(
      'approve',
      () => {
        if (isAsking && interrupt('May it?') !== 'yes') return new Command({ goto: END });
        return {};
      },
      { ends: [END] },
    )
    .addNode('tools', new ToolNode([weather]))
    .addEdge(START, 'model')
    .addConditionalEdges('model', toolsCondition, { tools: 'approve', [END]: END })
    .addEdge('approve', 'tools')
    .addEdge('tools', 'model');
  return graph.compile({ checkpointer: new MemorySaver() });
}

const asking = (content: string) => ({ messages: [{ role: 'user', content }] });
const thread = { configurable: { thread_id: 't1' } };
const kinds = (messages: readonly BaseMessage[]) => messages.map(({ type }) => type);

describe('a graph of LangGraph', () => {
  test('loops over a model and tools of ours, and what was signed goes back, in the next turn too', async () => {
    const llm = new ScriptedLLM({ replies: [reply([thought, call]), 'It rains in Rome.', 'As I said.'] });
    const graph = graphOf(llm);
    const { messages } = await graph.invoke(asking('Rome?'), thread);
    expect(kinds(messages)).toEqual(['human', 'ai', 'tool', 'ai']);
    expect(messages.at(-1)?.text).toBe('It rains in Rome.');
    await graph.invoke(asking('Sure?'), thread);
    const sent = llm.requests.at(-1)?.messages;
    expect(sent?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(sent?.[1]?.content).toMatchObject([thought, call]);
    expect(llm.requests[0]?.tools).toMatchObject([{ name: 'weather' }]);
  });

  test('is streamed by the piece, from within its nodes', async () => {
    const graph = graphOf(new ScriptedLLM({ replies: [reply([call]), 'It rains in Rome.'] }));
    const pieces: string[] = [];
    const parts = await graph.stream(asking('Rome?'), { ...thread, streamMode: 'messages' });
    for await (const [message, { langgraph_node }] of parts)
      if (langgraph_node === 'model' && message.text !== '') pieces.push(message.text);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('It rains in Rome.');
  });

  test('stops for a yes, and goes on from its checkpoint with the same call', async () => {
    const llm = new ScriptedLLM({ replies: [reply([thought, call]), 'It rains in Rome.'] });
    const graph = graphOf(llm, { isAsking: true });
    await graph.invoke(asking('Rome?'), thread);
    expect((await graph.getState(thread)).next).toEqual(['approve']);
    expect(llm.requests).toHaveLength(1);
    const { messages } = await graph.invoke(new Command({ resume: 'yes' }), thread);
    expect(messages.at(-1)?.text).toBe('It rains in Rome.');
    expect(llm.requests[1]?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [thought, call] },
      { role: 'tool', content: [{ toolCallId: 'c1', content: 'Rain in Rome.' }] },
    ]);
  });

  test('hands its abort to the model in a node', async () => {
    let told: AbortSignal | undefined;
    const llm = new ScriptedLLM({
      replies: (_request, { signal }) => {
        told = signal;
        return new Promise(() => undefined);
      },
    });
    const controller = new AbortController();
    const running = graphOf(llm).invoke(asking('Rome?'), { ...thread, signal: controller.signal });
    await vi.waitFor(() => expect(told).toBeDefined());
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(told?.aborted).toBe(true);
  });
});
