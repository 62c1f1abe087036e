import { errorText, isMortiseError, MortiseError, toMortiseError, type KnownErrorCode } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { isNode, isWasm, library, type Library, type Network, type Tokenizer } from './library.ts';

/** What has arrived of one file of a model. */
export interface LoadingProgress {
  /** Such as `onnx/model.onnx`. */
  readonly file: string;
  /** In bytes. */
  readonly loaded: number;
  readonly total: number;
}

/** Which model is run, and on what. */
export interface TransformersModelOptions {
  /**
   * A repository of the Hugging Face hub with ONNX weights, such as `Xenova/bge-small-en-v1.5`; or a folder with its files, as an
   * absolute path or one that begins with `./` or `../`, for which nothing is sent anywhere.
   */
  model: string;
  /**
   * What computes: `cpu`, `cuda`, `webgpu`, `wasm`... Default: the library's choice, in Node the processor. `wasm` holds for the
   * whole process, and must be asked for before anything else has loaded the library.
   */
  device?: string | undefined;
  /** The precision of the weights: `fp32`, `fp16`, `q8`, `q4`... Default: the library's choice for the device. */
  dtype?: string | undefined;
  /** A branch, a tag or a commit of the repository. Default: `main`. */
  revision?: string | undefined;
  /** Where files of the hub are kept. Default: the library's own folder. */
  cacheDir?: string | undefined;
  /** Take what is on this machine already, and download nothing. Default: false. */
  localFilesOnly?: boolean | undefined;
  /** Called while files are read or downloaded, at the first call. When it throws, the model is loaded all the same. */
  onProgress?: ((progress: LoadingProgress) => void) | undefined;
}

/** A model, its tokenizer, and the library that made them. */
export interface LocalModel {
  readonly library: Library;
  readonly tokenizer: Tokenizer;
  readonly network: Network;
}

/** What stands on top of the model. */
export type Head = 'AutoModel' | 'AutoModelForSequenceClassification';

interface Loading {
  readonly model: Promise<LocalModel>;
  readonly listeners: Set<(progress: LoadingProgress) => void>;
}

/** Models of this process, by what they were loaded with. */
const models = new Map<string, Loading>();

/** The model, loaded once in a process whoever asks. A failure is not remembered. */
export async function loadModel(head: Head, options: TransformersModelOptions): Promise<LocalModel> {
  const { onProgress, ...rest } = options;
  const asked = { ...rest, model: pathOf(rest.model) };
  const { model, device, dtype, revision, cacheDir, localFilesOnly } = asked;
  const key = JSON.stringify([head, model, device, dtype, revision, cacheDir, localFilesOnly]);
  let loading = models.get(key);
  if (loading === undefined) {
    const listeners: Loading['listeners'] = new Set();
    loading = { listeners, model: load(head, asked, listeners) };
    models.set(key, loading);
    loading.model.then(
      () => listeners.clear(),
      () => models.delete(key),
    );
  }
  if (onProgress !== undefined) loading.listeners.add(onProgress);
  return loading.model;
}

async function load(
  head: Head,
  { model, device, dtype, revision, cacheDir, localFilesOnly }: TransformersModelOptions,
  listeners: Loading['listeners'],
): Promise<LocalModel> {
  const loaded = await library(device);
  // In Node the library knows no devices of a runtime that it was given.
  const given = isNode() && isWasm(loaded);
  const options = defined({
    device: given ? 'auto' : device,
    session_options: given ? { executionProviders: ['wasm'] } : undefined,
    dtype,
    revision,
    cache_dir: cacheDir,
    local_files_only: localFilesOnly === true || isPath(model),
    progress_callback: (event: unknown) => report(event, listeners),
  });
  try {
    // In this order: where files are missing, the tokenizer's loader asks the hub for them whatever it was told.
    const network = await loaded[head].from_pretrained(model, options);
    const tokenizer = await loaded.AutoTokenizer.from_pretrained(model, options);
    return { library: loaded, tokenizer, network };
  } catch (error) {
    throw notLoaded(error, model);
  }
}

function report(event: unknown, listeners: Loading['listeners']): void {
  const { status, file, loaded, total } = event as { status?: unknown } & LoadingProgress;
  if (status !== 'progress') return;
  for (const listener of listeners) {
    try {
      listener({ file, loaded, total });
    } catch {
      // What is shown of it is no reason not to load it.
    }
  }
}

function isPath(model: string): boolean {
  return /^(\.{0,2}[\\/]|[a-z]:[\\/])/i.test(model);
}

/** A folder by its whole path, which the library takes for a folder and nothing else. */
function pathOf(model: string): string {
  return isPath(model) && isNode() ? process.getBuiltinModule('node:path').resolve(model) : model;
}

/** The library's errors have a status at best: 401 for a repository that is not there as well as for one that is not open. */
function notLoaded(thrown: unknown, model: string): unknown {
  if (isMortiseError(thrown)) return thrown;
  const { name, status } = Object(thrown) as { name?: unknown; status?: unknown };
  const about = { provider: 'transformers', model };
  const said = errorText(thrown).slice(0, 600);
  const known = toMortiseError(thrown, about);
  if (known.code !== 'internal') return known;
  const [code, remedy]: [KnownErrorCode, string] =
    status === 401 || status === 403
      ? ['permission', 'Check its name, and HF_TOKEN for a model that is not open to all.']
      : name === 'ModelFileNotFoundError'
        ? ['not-found', 'Check its name, revision and dtype: there must be ONNX weights in this precision.']
        : HUB_FAILED.test(said)
          ? ['server', 'Try again later.']
          : ['configuration', 'Check the model, the device and the dtype.'];
  const message = `The model ${model} could not be loaded: ${said} ${remedy}`;
  return new MortiseError(code, message, { ...about, cause: thrown });
}

/** What the library says where the hub fails or wants less at once. */
const HUB_FAILED =
  /^(request timeout|internal server error|bad gateway|service unavailable|gateway timeout|error \((429|5\d\d)\))/i;
