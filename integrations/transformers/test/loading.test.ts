import { renameSync } from 'node:fs';
import { relative } from 'node:path';
import { env } from '@huggingface/transformers';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TransformersEmbedding, TransformersReranker, type LoadingProgress } from '@mortise/transformers';
import { tinyModels } from './tiny-model.ts';

const models = tinyModels();
afterAll(() => models[Symbol.dispose]());

/** Every request of the library's. */
function watchNetwork(answer: (url: string) => Promise<Response>): string[] {
  const asked: string[] = [];
  const spy = vi.spyOn(env, 'fetch').mockImplementation((url) => {
    asked.push(String(url));
    return answer(String(url));
  });
  onTestFinished(() => spy.mockRestore());
  return asked;
}

describe('loading', () => {
  it('reads a model once, whoever asks for it, and tells each of them how far it is', async () => {
    const seen: [LoadingProgress[], LoadingProgress[]] = [[], []];
    const options = { model: models.embedding, dtype: 'fp32' };
    const embeddings = seen.map(
      (list) => new TransformersEmbedding({ ...options, onProgress: (progress) => void list.push(progress) }),
    );
    expect(seen).toEqual([[], []]);
    await Promise.all(embeddings.map((embedding) => embedding.embedText('dog')));
    const weights = seen[0].filter(({ file }) => file === 'onnx/model.onnx');
    expect(weights).toHaveLength(1);
    expect(weights[0]?.loaded).toBe(weights[0]?.total);
    expect(seen[1]).toEqual(seen[0]);
    const again = vi.fn();
    await new TransformersEmbedding({ ...options, onProgress: again }).embedText('dog');
    expect(again).not.toHaveBeenCalled();
  });

  it('loads all the same when what shows the progress throws', async () => {
    const onProgress = (): never => {
      throw new Error('no terminal');
    };
    const reranker = new TransformersReranker({ model: models.reranker, dtype: 'fp32', onProgress });
    expect((await reranker.rerank('a', ['dog'])).results).toHaveLength(1);
  });

  it('takes a relative folder, and sends nothing anywhere', async () => {
    const asked = watchNetwork(() => Promise.reject(new TypeError('fetch failed')));
    const model = `./${relative(process.cwd(), models.twoClasses)}`;
    expect(
      (await new TransformersReranker({ model, dtype: 'fp32' }).rerank('a', ['dog'])).results,
    ).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('forgets a failure, so that the next call may find the files', async () => {
    const away = `${models.pooled}-away`;
    renameSync(models.pooled, away);
    const asked = watchNetwork(() => Promise.reject(new TypeError('fetch failed')));
    const embedding = new TransformersEmbedding({ model: models.pooled, dtype: 'fp32' });
    await expect(embedding.embedText('dog')).rejects.toMatchObject({
      code: 'not-found',
      provider: 'transformers',
      message: expect.stringContaining(models.pooled) as string,
    });
    expect(asked).toEqual([]);
    renameSync(away, models.pooled);
    expect(await embedding.embedText('dog')).toHaveLength(4);
  });

  it.each<[what: string, answer: () => Promise<Response>, code: string]>([
    ['a repository that is not there', async () => new Response('', { status: 404 }), 'not-found'],
    ['one that is not open', async () => new Response('', { status: 401 }), 'permission'],
    ['a hub that is overloaded', async () => new Response('', { status: 503 }), 'server'],
    ['a hub that is asked too often', async () => new Response('', { status: 429 }), 'server'],
    ['no network', () => Promise.reject(new TypeError('fetch failed')), 'connection'],
  ])('E-04: says what is wrong with %s', async (what, answer, code) => {
    const asked = watchNetwork(answer);
    const model = `nobody/${what.replaceAll(' ', '-')}`;
    const embedding = new TransformersEmbedding({ model, retry: false });
    await expect(embedding.embedText('dog')).rejects.toMatchObject({ code, provider: 'transformers' });
    expect(asked[0]).toContain(`https://huggingface.co/${model}/resolve/main/`);
  });

  it('downloads nothing where that is said', async () => {
    const asked = watchNetwork(async () => new Response('', { status: 404 }));
    const embedding = new TransformersEmbedding({ model: 'nobody/offline', localFilesOnly: true });
    await expect(embedding.embedText('dog')).rejects.toMatchObject({ code: 'not-found' });
    expect(asked).toEqual([]);
  });

  it('refuses WebAssembly where the native runtime is there already', async () => {
    const embedding = new TransformersEmbedding({ model: models.embedding, device: 'wasm' });
    await expect(embedding.embedText('dog')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('too late') as string,
    });
  });

  it('says which devices there are instead of one that is not', async () => {
    const embedding = new TransformersEmbedding({ model: models.embedding, device: 'abacus' });
    await expect(embedding.embedText('dog')).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('cpu') as string,
    });
  });

  it('C-01: leaves a call that is aborted while a model is loaded, and loads it for the others', async () => {
    const options = { model: models.threeClasses, dtype: 'fp32' };
    const reason = new Error('enough');
    const left = new TransformersReranker(options).rerank('a', ['dog'], {
      signal: AbortSignal.abort(reason),
    });
    const stays = new TransformersReranker({ ...options, retry: false }).rerank('a', ['dog']);
    await expect(left).rejects.toBe(reason);
    await expect(stays).rejects.toMatchObject({ code: 'unsupported' });
  });
});
