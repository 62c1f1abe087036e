/**
 * Embeds two texts, and prints their vectors, the runtime, what was asked of the network, and the handlers that are on the process.
 * `argv`: the folder of the model, the device, and `without-native` to hide the native runtime.
 */
import Module from 'node:module';
import { TransformersEmbedding } from '@mortise/transformers';

const [, , model = '', device = '', hidden] = process.argv;
if (hidden !== undefined) {
  const loader = Module as unknown as { _load(name: string, ...more: unknown[]): unknown };
  const load = loader._load.bind(loader);
  loader._load = (name, ...more) => {
    if (name.includes('onnxruntime_binding')) throw new Error(`Cannot find module '${name}'`);
    return load(name, ...more);
  };
}
const asked: string[] = [];
globalThis.fetch = (url) => {
  asked.push(String(url instanceof Request ? url.url : url));
  return Promise.reject(new TypeError('fetch failed'));
};

const handlers = (): number =>
  ['uncaughtException', 'unhandledRejection'].reduce((sum, event) => sum + process.listenerCount(event), 0);
const before = handlers();
const embedding = new TransformersEmbedding({
  model,
  dtype: 'fp32',
  ...(device === '' ? {} : { device }),
});
const { embeddings } = await embedding.embedTexts(['the dog runs', 'a']);
const { env } = await import('@huggingface/transformers');
const { versions = {} } = env.backends.onnx as { versions?: Record<string, string> };
console.log(
  JSON.stringify({
    vectors: embeddings.map((vector) => [...vector]),
    runtime: 'web' in versions ? 'web' : 'node',
    asked,
    handlers: handlers() - before,
  }),
);
