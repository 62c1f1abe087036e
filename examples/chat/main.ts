import { findDocuments } from '@mortise-examples/ask/documents';
import { createEngine } from '@mortise-examples/ask/engine';
import { AskError, describeFailure } from '@mortise-examples/ask/failure';
import { openInspector } from '@mortise-examples/ask/inspecting';
import { buildIndex } from '@mortise-examples/ask/indexing';
import { createEmbedding, createLLM } from '@mortise-examples/ask/models';
import { join, resolve } from 'node:path';
import { HELP, parseChatArguments, type ChatSettings } from './arguments.ts';
import { builtPage } from './server/build-page.ts';
import { readPage } from './server/page-files.ts';
import { RuleLLM } from './server/rule-llm.ts';
import { serveChat } from './server/serve.ts';

/** About this repository's own documentation. */
const EXAMPLES = [
  'What must an integration implement?',
  'How do I cancel a stream?',
  'Who may see the token of an approval?',
];

// What is kept is its owner's: conversations, tokens of open questions, the key that signs them.
process.umask(0o077);

let preset: string | undefined;
try {
  const settings = parseChatArguments(process.argv.slice(2), join(import.meta.dirname, '.mortise'));
  preset = settings.ask.preset;
  if (settings.help) process.stdout.write(HELP);
  else await start(settings);
} catch (error) {
  process.stderr.write(`${describeFailure(error, preset)}\n`);
  process.exitCode = 1;
}

async function start({ ask, port, data }: ChatSettings): Promise<void> {
  const page = await readPage(
    await builtPage(() => process.stderr.write('Building the page, which takes a few seconds.\n')),
  );
  if (ask.inspect) await openInspector((line) => process.stderr.write(line));
  const documents = findDocuments(ask.docs);
  const writer = await createLLM(ask);
  const { index, summary } = await buildIndex(documents, await createEmbedding(ask));
  process.stderr.write(
    `${summary.documents} documents, ${summary.chunks} chunks (${summary.embedded} new), in ${summary.seconds} s.\n`,
  );
  // One model writes the answers from documents; the one that talks may be rules.
  const llm = ask.llm.provider === 'extractive' ? new RuleLLM() : writer;
  const serving = await serveChat({
    ...{ llm, page, port, data: resolve(data), documents: documents.label },
    examples: ask.docs === undefined ? EXAMPLES : [],
    engine: createEngine(index, writer),
    onError: (error) => process.stderr.write(`${describeFailure(error, preset)}\n`),
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AskError(`port ${port} is in use`, 'Choose another with --port.', { cause: error });
  });
  process.stdout.write(`${serving.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void serving.stop().finally(() => process.exit(0)));
}
