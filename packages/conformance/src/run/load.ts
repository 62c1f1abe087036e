import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LLM, LLMCapabilities } from '@mortise/core/llm';
import type { LLMDialect } from '../dialects/contract.ts';
import { llmDialects } from '../dialects/by-name.ts';
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import { llmConformance } from '../llm/conformance.ts';
import { llmSuite } from '../llm/suite.ts';
import type { WireTarget } from '../llm/subject.ts';
import { serverConformance, type ServerConformanceOptions } from '../server/conformance.ts';
import { lendKit, resolveEntry } from './resolve.ts';
import type { Wiring } from './run-tests.ts';

/** What is tried: a module that declares suites, a package that has one, or a model of another library. */
export type Subject =
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'server'; readonly options: ServerConformanceOptions }
  | { readonly kind: 'ai-sdk' | 'langchain'; readonly file: string; readonly dialect?: string | undefined };

/** What a module with a model of another library exports. Only the default is needed where `--dialect` is given. */
interface ForeignModule {
  /** The model, speaking to `url`; `settings.headers` are sent with each request. */
  readonly default: (target: WireTarget) => unknown;
  readonly dialect?: string | LLMDialect;
  readonly name?: string;
  /** What the model is said to have; it must work then. */
  readonly capabilities?: LLMCapabilities;
  readonly reasons?: Readonly<Record<string, string>>;
  /** More options of the bridge, such as `settings` and `withSettings` of `fromLangChain`. */
  readonly options?: (target: WireTarget) => object;
}

/** The functions of the bridges that are used; the packages are the application's. */
const BRIDGES = {
  'ai-sdk': { package: '@mortise/ai-sdk', member: 'fromAISDK' },
  langchain: { package: '@mortise/langchain', member: 'fromLangChain' },
} as const;

type Bridge = (model: unknown, options: object) => LLM;

/** Loads what is tried from where the command was given. Throws `TypeError` with a remedy where that cannot be. */
export async function loadSubject(subject: Subject, folder = process.cwd()): Promise<Wiring> {
  if (subject.kind === 'server') return (test) => serverConformance(test, subject.options);
  lendKit();
  if (subject.kind === 'package') {
    const path = resolveEntry(folder, subject.name, './conformance');
    if (path === undefined)
      throw new TypeError(
        `${subject.name} has no entry ./conformance, or is not installed here. It exports a function that declares its suites: (test) => llmConformance(test, { ... }).`,
      );
    return wiringOf(await imported(path), `${subject.name}/conformance`);
  }
  const file = resolve(folder, subject.file);
  if (!existsSync(file))
    throw new TypeError(`There is no file ${file}. mortise-conformance --help says what can be tried.`);
  const module = await imported(file);
  if (subject.kind === 'module') return wiringOf(module, subject.file);
  const { package: name, member } = BRIDGES[subject.kind];
  const path = resolveEntry(folder, name);
  if (path === undefined) throw new TypeError(`This needs ${name}: npm install ${name}`);
  const bridge = (await imported(path))[member] as Bridge;
  return foreignWiring(module as unknown as ForeignModule, subject, bridge);
}

function foreignWiring(
  module: ForeignModule,
  { file, dialect: chosen }: { readonly file: string; readonly dialect?: string | undefined },
  bridge: Bridge,
): Wiring {
  const { default: create, dialect: own, name = file, capabilities, reasons = {}, options } = module;
  if (typeof create !== 'function')
    throw new TypeError(`${file} has no default export that makes a model: ({ url, settings }) => model.`);
  const dialect = dialectOf(chosen ?? own, file);
  const metadata = capabilities === undefined ? {} : { metadata: { capabilities } };
  const bridged = (target: WireTarget): LLM =>
    bridge(create(target), { ...target.settings, ...metadata, ...options?.(target) });
  const declares = bridged({ url: 'http://127.0.0.1:1', settings: {} }).metadata.capabilities ?? {};
  return (test: TestFunctions): ConformanceResults =>
    llmConformance(test, { create: bridged, dialect, declares, name, reasons: { ...unsaid(), ...reasons } });
}

/** Somebody who only wants to know need not explain: what is not declared is tried, and reported where it works. */
function unsaid(): Record<string, string> {
  const features = llmSuite
    .flatMap(({ requires }) => requires)
    .filter((feature) => !feature.startsWith('wire:'));
  return Object.fromEntries(
    features.filter((feature) => feature !== 'headers').map((feature) => [feature, 'It is not declared.']),
  );
}

function dialectOf(dialect: string | LLMDialect | undefined, file: string): LLMDialect {
  if (typeof dialect === 'object') return dialect;
  const found = dialect === undefined ? undefined : llmDialects[dialect];
  if (found !== undefined) return found;
  const names = Object.keys(llmDialects).join(', ');
  throw new TypeError(
    dialect === undefined
      ? `Say which wire the model speaks: --dialect NAME, or export const dialect in ${file}. Names: ${names}.`
      : `There is no dialect ${dialect}. Names: ${names}.`,
  );
}

function wiringOf(module: Readonly<Record<string, unknown>>, name: string): Wiring {
  if (typeof module['default'] === 'function') return module['default'] as Wiring;
  throw new TypeError(
    `${name} has no default export that declares suites: (test) => llmConformance(test, { ... }).`,
  );
}

async function imported(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    throw new TypeError(`${path} cannot be loaded: ${String(cause)}${remedyOf(code, String(cause))}`, {
      cause,
    });
  }
}

function remedyOf(code: unknown, message: string): string {
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return ' TypeScript is run as it is by Node.js 22.18 or newer.';
  const [, missing] = /^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package '([^']+)'/.exec(message) ?? [];
  return missing === undefined ? '' : ` npm install --save-dev ${missing}`;
}
