import { MortiseError } from '@mortise/core';
import { lazySdk } from '@mortise/core/wire';

/** The part of a tokenizer of Transformers.js that is used. */
export interface Tokenizer {
  (
    texts: string[],
    options: { text_pair?: string[]; padding: false; truncation: false; return_tensor: false },
  ): { readonly input_ids: number[][]; readonly token_type_ids?: number[][] | undefined };
  readonly model_max_length?: number | undefined;
  readonly pad_token_id?: number | undefined;
  readonly all_special_ids?: readonly number[] | undefined;
}

/** The part of its tensors that is used. */
export interface Tensor {
  readonly type: string;
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
  to(type: 'float32'): Tensor;
}

/** A model: what goes in and comes out has names. */
export interface Network {
  (inputs: Record<string, unknown>): Promise<Readonly<Record<string, Tensor | undefined>>>;
  readonly config: object;
}

interface Loader<T> {
  from_pretrained(model: string, options: Readonly<Record<string, unknown>>): Promise<T>;
}

/** The part of Transformers.js that is used, in any version that has it. */
export interface Library {
  readonly AutoTokenizer: Loader<Tokenizer>;
  readonly AutoModel: Loader<Network>;
  readonly AutoModelForSequenceClassification: Loader<Network>;
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: number[]) => unknown;
  readonly env: {
    readonly backends: { readonly onnx: { readonly versions?: Readonly<Record<string, string>> } };
  };
}

const PACKAGE = '@huggingface/transformers';

/** What the first call asked for: the library takes one runtime, when it is imported, for the whole process. */
let wantsWasm = false;

const load = /* @__PURE__ */ lazySdk('transformers', PACKAGE, async (): Promise<Library> => {
  if (isNode()) {
    const native = hasNative();
    if (wantsWasm || !native) provideWasm(native);
  }
  return import('@huggingface/transformers');
});

/** The library, loaded at the first call. `configuration` where it runs natively already and `device` is `wasm`. */
export async function library(device: string | undefined): Promise<Library> {
  wantsWasm ||= device === 'wasm';
  const loaded = await load();
  if (device !== 'wasm' || !isNode() || isWasm(loaded)) return loaded;
  const message =
    'Transformers.js runs on the native ONNX Runtime in this process already, so that device "wasm" comes too late. Give it to the first model of the process, or take "cpu".';
  throw new MortiseError('configuration', message, { provider: 'transformers' });
}

/** Whether the library's ONNX Runtime is the one of WebAssembly. */
export function isWasm({ env }: Library): boolean {
  return env.backends.onnx.versions?.['web'] !== undefined;
}

export function isNode(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function';
}

/** `require` as the library itself sees it: the runtimes are its dependencies, not ours. */
function requireOfLibrary(): NodeJS.Require {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(createRequire(import.meta.url).resolve(PACKAGE));
}

/** Whether there is a native ONNX Runtime for this machine. */
function hasNative(): boolean {
  try {
    requireOfLibrary()('onnxruntime-node');
    return true;
  } catch {
    return false;
  }
}

/** By this name the library finds a runtime that is there already. */
const RUNTIME = Symbol.for('onnxruntime');

interface WebRuntime {
  readonly env: { readonly wasm: { wasmPaths?: unknown; numThreads?: number } };
}

/** Gives the library the runtime in WebAssembly, from the package that came with it and not from a CDN. */
function provideWasm(hasNative: boolean): void {
  if (RUNTIME in globalThis) return;
  const { Module } = process.getBuiltinModule('node:module');
  const { pathToFileURL } = process.getBuiltinModule('node:url');
  const require = requireOfLibrary();
  const file = require.resolve('onnxruntime-web');
  const runtime = require(file) as WebRuntime;
  runtime.env.wasm.wasmPaths ??= new URL('.', pathToFileURL(file)).href;
  // More would be workers, which are the application's to make.
  runtime.env.wasm.numThreads = 1;
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, configurable: true });
  if (hasNative) return;
  // The library requires the native one all the same, and would fail with it.
  const path = require.resolve('onnxruntime-node');
  require.cache[path] = Object.assign(new Module(path), { exports: runtime, loaded: true });
}
