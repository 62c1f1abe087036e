import { fileURLToPath } from 'node:url';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { boundArrays } from './arrays.ts';
import { readBeyondCropBox } from './borders.ts';
import { PdfDocument, type PdfData, type PdfJs } from './document.ts';
import { MEMORY, type Replies, type Reply, type Request, type ThreadData } from './messages.ts';

/** The thread in which pages are read. It imports nothing of core: only messages go in and out. */
function serve(port: MessagePort, { mostBytes, box }: ThreadData): void {
  if (box === 'media') readBeyondCropBox();
  const warnings = watchWarnings();
  const arrays = boundArrays(mostBytes);
  let loading: ReturnType<typeof load> | undefined;
  let document: PdfDocument | undefined;
  const answer = async (request: Request): Promise<Replies[keyof Replies]> => {
    const { pdfjs, data } = await (loading ??= load());
    if (request.kind === 'load') return {};
    if (request.kind === 'open') {
      const [opened, reply] = await PdfDocument.open(pdfjs, request, data, warnings);
      document = opened;
      return reply;
    }
    if (request.kind === 'close') {
      // A file that could not be opened has left nothing.
      await document?.close();
      document = undefined;
      return {};
    }
    if (document === undefined) throw new Error('No file is open.');
    return document.read(request.page);
  };
  port.on('message', (request: Request) => {
    // pdf.js goes on without what it had no room for.
    const send = (reply: Reply): void => port.postMessage(arrays.take() ? OUT_OF_MEMORY : reply);
    answer(request).then(
      (value) => send({ value }),
      (error: unknown) => {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        send({ failure: { name, message } });
      },
    );
  });
}

const OUT_OF_MEMORY: Reply = { failure: { name: MEMORY, message: 'An array past the bound was asked for.' } };

async function load(): Promise<{ pdfjs: PdfJs; data: PdfData }> {
  const pdfjs = await withoutCanvas(() => import('pdfjs-dist/legacy/build/pdf.mjs'));
  const build = import.meta.resolve('pdfjs-dist/legacy/build/pdf.worker.min.mjs');
  // Its own worker's code is run in this thread. It would be loaded with the first file.
  pdfjs.GlobalWorkerOptions.workerSrc = build;
  await import(build);
  const pathOf = (folder: string): string => fileURLToPath(new URL(`../../${folder}/`, build));
  return { pdfjs, data: { cMapUrl: pathOf('cmaps'), standardFontDataUrl: pathOf('standard_fonts') } };
}

/**
 * pdf.js asks for a canvas when it is loaded, 35 MB of native code that text has no use of, and that is not made for a
 * thread which may be ended at any moment. It does without when it finds none.
 */
async function withoutCanvas<T>(load: () => Promise<T>): Promise<T> {
  const getBuiltinModule = process.getBuiltinModule.bind(process);
  const createRequire = () => () => {
    throw new Error('No canvas is needed.');
  };
  const refusing = (id: string): unknown => (id === 'module' ? { createRequire } : getBuiltinModule(id));
  Object.assign(process, { getBuiltinModule: refusing });
  try {
    return await load();
  } finally {
    Object.assign(process, { getBuiltinModule });
  }
}

/** Catches what pdf.js writes to the console of this thread: of a hostile page, no more than the first. */
function watchWarnings(): { take(): string[] } {
  const MOST = 1000;
  let warnings: string[] = [];
  console.warn = (message: unknown) => {
    if (warnings.length < MOST) warnings.push(String(message).slice(0, 500));
  };
  console.log = () => undefined;
  return {
    take() {
      const taken = warnings;
      warnings = [];
      return taken;
    },
  };
}

if (parentPort !== null) serve(parentPort, workerData as ThreadData);
