import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  eventStream,
  json,
  openAIChatCompletions,
  openAIResponses,
  startWire,
  type AnswerPart,
  type LLMDialect,
  type Wire,
  type WireRequest,
} from '@mortise/conformance';
import { onTestFinished } from 'vitest';

/** What a model is asked: the texts of its messages, and the results of its tools. */
export interface Asked {
  readonly texts: readonly string[];
  readonly results: readonly string[];
  readonly request: WireRequest;
}

/** A text, calls of tools, or a status. */
export type Said = string | readonly { readonly name: string; readonly arguments: object }[] | number;

/** A provider on this machine that speaks both of OpenAI's wires, and says what the test says. */
export async function startProvider(say: (asked: Asked, n: number) => Said): Promise<Wire> {
  const wire = await startWire((request, reply, n) => {
    const dialect: LLMDialect = request.path.endsWith('/responses') ? openAIResponses : openAIChatCompletions;
    const body = request.body as Parameters<LLMDialect['request']['messages']>[0];
    const texts = dialect.request.messages(body).map(({ text }) => text);
    const results = dialect.request.toolResults(body).map(({ text }) => text);
    const said = say({ texts, results, request }, n);
    if (typeof said === 'number') {
      const { body: failure, headers } = dialect.failure({ status: said, message: 'Not now.' });
      return json(reply, failure, { status: said, headers });
    }
    const parts: AnswerPart[] =
      typeof said === 'string'
        ? [{ type: 'text', pieces: said.match(/[^]{1,9}/g) ?? [''] }]
        : said.map((call, at) => ({
            type: 'tool-call',
            id: `call_${n}_${at}`,
            name: call.name,
            pieces: [JSON.stringify(call.arguments)],
          }));
    const answer = {
      id: `reply_${n}`,
      model: String(dialect.request.model(body, request)),
      parts,
      finish: typeof said === 'string' ? 'stop' : 'tool-calls',
      usage: { inputTokens: 100, outputTokens: 20 },
    } as const;
    if (!dialect.streams(request)) return json(reply, dialect.body(answer));
    const frames = dialect.frames(answer);
    return eventStream(
      reply,
      frames.map(({ event, data }) => (event === undefined ? data : { event, data })),
    );
  });
  onTestFinished(() => wire.close());
  return wire;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-cookbook-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it wrote, when it has ended. */
  readonly ended: Promise<{ code: number | null; out: string; errors: string }>;
  /** Waits until it has written this. */
  saw(words: string | RegExp): Promise<RegExpMatchArray>;
}

/** Starts a program of the cookbook as its reader would, in `folder`; it knows nothing of the test but addresses. */
export function start(
  program: string,
  args: readonly string[],
  { folder, env = {} }: { folder: string; env?: Record<string, string> },
): Running {
  const file = join(import.meta.dirname, '..', program);
  const flags = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, file, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, OPENAI_API_KEY: 'test', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, errors] = ['', ''];
  const watchers = new Set<() => void>();
  const heard = (): void => {
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    out += String(chunk);
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += String(chunk);
    heard();
  });
  const ended = new Promise<{ code: number | null; out: string; errors: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, errors })),
  );
  const saw = (words: string | RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        const found = `${out}\n${errors}`.match(words);
        if (found === null) return;
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      watch();
      void ended.then(({ code }) => reject(new Error(`${program} ended with ${code}:\n${out}\n${errors}`)));
    });
  return { child, ended, saw };
}
