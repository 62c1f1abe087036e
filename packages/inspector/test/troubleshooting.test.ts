import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseEmbedding, BaseLLM, BaseRetriever, type ChatReply, type ChatStreamEvent } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { flatten, readRecording, recordRuns, runsOf, totalsOf, type RunSpan } from '@mortise/inspector';
import { JsonParser, runTools, tool } from '@mortise/toolkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failToAuthenticate, runAgent } from './scenes.ts';

/** The spans of the one run that `work` makes. */
async function spansOf(work: () => Promise<unknown>): Promise<RunSpan[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-trouble-'));
  const recorder = recordRuns({ folder });
  try {
    await work().catch(() => undefined);
    await recorder.stop();
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const [run, ...others] = runsOf(readRecording(text.join('')).lines);
    expect(others).toEqual([]);
    return flatten(run!.root).map(({ span }) => span);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const retries = ({ points }: RunSpan): number => points.filter(({ name }) => name === 'retry').length;

class HouseLLM extends BaseLLM {
  override readonly metadata = { isChatModel: true, capabilities: { streaming: true } };

  constructor() {
    super({ provider: 'house', model: 'oak', timeoutMs: 40, retry: { baseDelayMs: 1 } });
  }

  override doGenerate(): Promise<ChatReply> {
    return new Promise(() => undefined);
  }

  override async *doStream(): AsyncGenerator<ChatStreamEvent> {
    yield { type: 'text-delta', index: 0, delta: 'It was' };
  }
}

class ShortEmbedding extends BaseEmbedding {
  override readonly metadata = { dimensions: 2, maxBatchSize: 8, asymmetric: false };

  constructor() {
    super({ provider: 'house', model: 'moss' });
  }

  override doEmbed(): Promise<{ embeddings: number[][] }> {
    return Promise.resolve({ embeddings: [[1, 2]] });
  }
}

class PlainRetriever extends BaseRetriever {
  override doRetrieve(): Promise<[]> {
    return Promise.resolve([]);
  }
}

describe('what the guide says of trouble is so', () => {
  test('unsupported: red at once, without a retry', async () => {
    const [span] = await spansOf(() =>
      new PlainRetriever().retrieve('x', { filters: { key: 'path', op: '==', value: 'a' } }),
    );
    expect(span).toMatchObject({
      name: 'retriever.retrieve',
      status: 'error',
      error: { code: 'unsupported' },
    });
    expect(retries(span!)).toBe(0);
  });

  test('stream-truncated: a first token, then red', async () => {
    const [span] = await spansOf(() => new HouseLLM().streamChat('Hello').final());
    expect(span).toMatchObject({ name: 'llm.chat', status: 'error', error: { code: 'stream-truncated' } });
    expect(span!.attributes['firstTokenMs']).toBeGreaterThan(0);
  });

  test('timeout: as many lengths as attempts, a retry between each, no first token', async () => {
    const [span] = await spansOf(() => new HouseLLM().chat('Hello'));
    expect(span).toMatchObject({ status: 'error', error: { code: 'timeout' } });
    expect(retries(span!)).toBe(2);
    expect(span!.durationMs).toBeGreaterThan(100);
    expect(totalsOf(span!).firstTokenMs).toBeUndefined();
  });

  test('authentication: red after one request', async () => {
    const [span] = await spansOf(failToAuthenticate);
    expect(span).toMatchObject({ status: 'error', error: { code: 'authentication', status: 401 } });
    expect(retries(span!)).toBe(0);
  });

  test('max-steps: step after step, then the run is red', async () => {
    const look = tool({
      name: 'look',
      description: 'Looks.',
      parameters: z.object({}),
      execute: () => 'nothing',
    });
    const llm = new ScriptedLLM({
      replies: (request) => [
        { type: 'tool-call', id: `c${request.messages.length}`, name: 'look', arguments: {} },
      ],
    });
    const spans = await spansOf(() => runTools(llm, 'Look.', { tools: [look], maxSteps: 3 }));
    expect(spans[0]).toMatchObject({ name: 'run-tools', status: 'error', error: { code: 'max-steps' } });
    expect(spans.filter(({ name }) => name === 'run-tools.step')).toHaveLength(3);
  });

  test('a tool that failed: red beside a run that ended well', async () => {
    const spans = await spansOf(() => runAgent());
    expect(spans[0]).toMatchObject({ name: 'run-tools', status: 'ok' });
    const failed = spans.filter(({ status }) => status === 'error');
    expect(failed).toMatchObject([{ name: 'tool.execute', attributes: { tool: 'order' } }]);
  });

  test('n rows for m texts: red, with what was sent', async () => {
    const [span] = await spansOf(() => new ShortEmbedding().embedTexts(['a', 'b', 'c']));
    expect(span).toMatchObject({
      ...{ name: 'embedding.batch', status: 'error' },
      ...{ attributes: { inputs: 3 }, error: { code: 'malformed-response' } },
    });
  });

  test('parse: red, and where in the text', async () => {
    const [span] = await spansOf(() => new JsonParser().parse('{"a": '));
    expect(span).toMatchObject({ name: 'parser.parse', status: 'error', error: { code: 'parse' } });
    expect(span!.error!.position).toBeGreaterThan(0);
  });

  test('a finish reason of length: it ended well, and says so', async () => {
    const llm = new ScriptedLLM({
      replies: [
        { content: [{ type: 'text', text: '{"a": ' }], finishReason: { unified: 'length', raw: 'length' } },
      ],
    });
    const [span] = await spansOf(() => llm.chat('Hello'));
    expect(span).toMatchObject({ status: 'ok', attributes: { finishReason: 'length' } });
  });
});
