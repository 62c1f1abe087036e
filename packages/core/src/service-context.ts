import type { EmbeddingModel } from './embedding/contract.ts';
import { MortiseError } from './errors.ts';
import { checkOptions, reading } from './shared/options.ts';
import type { LLM } from './llm/contract.ts';
import type { OutputParser } from './parser/contract.ts';
import type { Reranker } from './reranker/contract.ts';
import type { Retriever } from './retriever/contract.ts';
import type { Tokenizer } from './tokenizer/contract.ts';
import type { Transform } from './transform/contract.ts';

/** What an application is made of. Any further name is its own. */
export interface ServiceParts {
  readonly llm?: LLM;
  readonly embedding?: EmbeddingModel;
  readonly retriever?: Retriever;
  readonly reranker?: Reranker;
  readonly parser?: OutputParser<unknown, unknown>;
  readonly splitter?: Transform;
  readonly tokenizer?: Tokenizer;
  /** Templates of `prompt` and `chatPrompt`, by name. */
  readonly prompts?: { readonly [name: string]: object };
  readonly [name: string]: unknown;
}

/**
 * The parts of an application as one immutable value. Nothing is global: who needs a part takes a context that has it,
 * `ServiceContext<{ llm: LLM }>`. A part that was not given does not compile; where nobody compiles, reading it throws
 * `configuration` and names it.
 */
export type ServiceContext<P extends object = ServiceParts> = Readonly<P> & ServiceContextMethods<P>;

export interface ServiceContextMethods<P extends object> {
  /** A new context with these parts added or replaced. */
  with<const Q extends ServiceParts>(parts: Q): ServiceContext<Omit<P, keyof Q> & Q>;
  /** Whether a part was given. Ask this, as reading a missing one throws. */
  has(name: string): boolean;
  /** A part by name, your own ones included; `configuration` when it is missing. */
  get<K extends keyof P>(name: K): P[K];
}

/**
 * ```ts
 * const context = createServiceContext({ llm, embedding });
 * const cheaper = context.with({ llm: smallModel });
 * ```
 */
export function createServiceContext<const P extends ServiceParts>(parts: P): ServiceContext<P> {
  const context = Object.create(methods) as object;
  for (const [name, value] of Object.entries(checkOptions(parts, 'configuration'))) {
    if (RESERVED.has(name)) {
      throw new MortiseError(
        'configuration',
        `A part of a service context cannot be named ${name}. Choose another name.`,
      );
    }
    if (value !== undefined) Object.defineProperty(context, name, { value, enumerable: true });
  }
  return Object.freeze(context) as ServiceContext<P>;
}

const RESERVED: ReadonlySet<string> = new Set(['with', 'has', 'get', 'constructor', '__proto__', 'then']);

// Marked, so that a bundler leaves it out where no context is made.
const methods: object = /* @__PURE__ */ contextMethods();

function contextMethods(): object {
  const known = ['llm', 'embedding', 'retriever', 'reranker', 'parser', 'splitter', 'tokenizer', 'prompts'];
  const absent = (name: string): PropertyDescriptor => ({
    get(): never {
      throw missing(name);
    },
  });
  return Object.defineProperties(
    {},
    {
      with: {
        value(this: object, parts: ServiceParts): unknown {
          return createServiceContext({ ...this, ...checkOptions(parts, 'configuration') });
        },
      },
      has: {
        value(this: object, name: string): boolean {
          return reading('The name', () => Object.hasOwn(this, name));
        },
      },
      get: {
        value(this: Record<string, unknown>, name: string): unknown {
          return reading('The name', () => {
            if (!Object.hasOwn(this, name)) throw missing(name);
            return this[name];
          });
        },
      },
      ...Object.fromEntries(known.map((name) => [name, absent(name)])),
    },
  );
}

function missing(name: string): MortiseError {
  const message = `The service context has no ${name}. Give one to createServiceContext({ ${name} }) or context.with({ ${name} }).`;
  return new MortiseError('configuration', message);
}
