import { Node, type CallExpression, type NewExpression } from 'ts-morph';
import type { Rewriting, Rule } from '../engine/contract.ts';
import { argumentOf, isTrue, membersOf, objectText } from '../engine/syntax.ts';

type Made = CallExpression | NewExpression;

/** What becomes of an option: a new name, a text made of it, `drop` with a reason to note, or nothing at all (`gone`). */
export type OptionRule =
  | string
  | { readonly call: string }
  | { readonly drop: string }
  | { readonly gone: true }
  | { readonly make: (value: Node, file: Rewriting) => readonly (readonly [string, string])[] | undefined };

/** A class of the old library as a class of Mortise. */
export interface ModelRow {
  readonly name: string;
  readonly from: string;
  /** A preset of `@mortise/openai/presets`, which is spread first. */
  readonly preset?: string | undefined;
  /** What is written whatever the old options were. */
  readonly fixed?: readonly (readonly [string, string])[] | undefined;
  /** The model where none is named; without one a model must be named. Given as it is written. */
  readonly model?: string | undefined;
  /** What to say where `model` was put in. */
  readonly modelNote?: string | undefined;
  readonly options: Readonly<Record<string, OptionRule>>;
  /** A note for every use. */
  readonly note?: string | undefined;
  /** Values of `model` that have no counterpart, and why. */
  readonly refuses?: (model: string) => string | undefined;
}

/** Options that the models of both old libraries mostly share. */
export const LLM_OPTIONS: Readonly<Record<string, OptionRule>> = {
  model: 'model',
  modelName: 'model',
  apiKey: 'apiKey',
  baseURL: 'baseURL',
  baseUrl: 'baseURL',
  temperature: { call: 'temperature' },
  topP: { call: 'topP' },
  maxTokens: { call: 'maxOutputTokens' },
  maxOutputTokens: { call: 'maxOutputTokens' },
  timeout: 'timeoutMs',
  maxRetries: {
    make: (value) => {
      const text = value.getText();
      if (text === '0') return [['retry', 'false']];
      return /^\d+$/.test(text) ? [['retry', `{ maxAttempts: ${Number(text) + 1} }`]] : undefined;
    },
  },
  verbose: { drop: 'verbose has no counterpart: subscribe() of @mortise/core shows what happens.' },
  streaming: { gone: true },
};

export const EMBEDDING_OPTIONS: Readonly<Record<string, OptionRule>> = {
  model: 'model',
  modelName: 'model',
  apiKey: 'apiKey',
  baseURL: 'baseURL',
  baseUrl: 'baseURL',
  dimensions: 'dimensions',
  timeout: 'timeoutMs',
  maxRetries: LLM_OPTIONS['maxRetries'] as OptionRule,
  stripNewLines: { drop: 'Texts go to the model as they are, line breaks included.' },
  maxConcurrency: 'concurrency',
  batchSize: { drop: 'Mortise batches by what the model takes.' },
  embedBatchSize: { drop: 'Mortise batches by what the model takes.' },
};

/** `new OpenAI({ ... })` as `new OpenAILLM({ ... })`, in `withDefaults` where options are those of each call. */
export function modelRule(row: ModelRow): Rule<Made> {
  return (node, file) => {
    const old = node.getExpression().getText();
    const argument = argumentOf(node);
    const members = argument === undefined ? new Map<string, Node>() : membersOf(argument);
    if (members === undefined || node.getArguments().length > 1)
      return file.cannot(node, `The options of ${old} are not written where it is made.`);
    const parts = optionsText(row, members, node, file);
    if (typeof parts === 'string') return file.cannot(node, parts);
    if (row.note !== undefined) file.note(node, row.note);
    return madeText(row, parts, file);
  };
}

export interface Parts {
  readonly settings: readonly (readonly [string, string])[];
  readonly calls: readonly (readonly [string, string])[];
}

/** The class made with its options, in what they need around it. */
export function madeText(row: ModelRow, { settings, calls }: Parts, file: Rewriting): string {
  const preset =
    row.preset === undefined ? [] : [['...', file.use(row.preset, '@mortise/openai/presets')] as const];
  const made = `new ${file.use(row.name, row.from)}(${objectText([...preset, ...settings.slice(0, 1), ...(row.fixed ?? []), ...settings.slice(1)])})`;
  const wrap = calls.find(([name]) => name === 'cache');
  const rest = calls.filter((each) => each !== wrap);
  const whole =
    rest.length === 0
      ? made
      : `${file.use('withDefaults', '@mortise/toolkit')}(${made}, ${objectText(rest)})`;
  if (wrap === undefined) return whole;
  return `${file.use('withCache', '@mortise/toolkit')}(${whole}, new ${file.use('MemoryKeyValueStore', '@mortise/core')}())`;
}

/** The old options as ours, the model first. A text says why that is not possible. */
export function optionsText(
  row: ModelRow,
  members: ReadonlyMap<string, Node>,
  node: Node,
  file: Rewriting,
  isNamed = false,
): Parts | string {
  const settings: (readonly [string, string])[] = [];
  const calls: (readonly [string, string])[] = [];
  for (const [name, value] of members) {
    const rule = row.options[name];
    if (rule === undefined) return `The option ${name} has no counterpart.`;
    if (typeof rule === 'string') settings.push([rule, file.render(value)]);
    else if ('call' in rule) calls.push([rule.call, file.render(value)]);
    else if ('drop' in rule) file.note(value, rule.drop);
    else if ('make' in rule) {
      const made = rule.make(value, file);
      if (made === undefined) return `The value of ${name} has no counterpart.`;
      settings.push(...made.filter(([key]) => !key.startsWith('call:')));
      calls.push(
        ...made
          .filter(([key]) => key.startsWith('call:'))
          .map(([key, text]) => [key.slice(5), text] as const),
      );
    }
  }
  const named = settings.find(([name]) => name === 'model');
  if (named === undefined) {
    if (row.model === undefined) return 'No model is named, and the default has no counterpart. Name one.';
    settings.unshift(['model', row.model]);
    if (!isNamed)
      file.note(node, row.modelNote ?? `No model was named: the default, ${row.model}, is written out.`);
  } else {
    const refused = row.refuses?.(named[1].replaceAll(/['"`]/g, ''));
    if (refused !== undefined) return refused;
    settings.sort(([a], [b]) => Number(b === 'model') - Number(a === 'model'));
  }
  return { settings, calls };
}

/** `configuration: { baseURL }`, `clientOptions`: the members of an object, each by a rule of its own. */
export function nested(rules: Readonly<Record<string, string>>): OptionRule {
  return {
    make: (value, file) => {
      const members = membersOf(value);
      if (members === undefined) return undefined;
      const made: (readonly [string, string])[] = [];
      for (const [name, each] of members) {
        const to = rules[name];
        if (to === undefined) return undefined;
        const text = file.render(each);
        // Headers are texts: what may be missing is sent empty.
        made.push([
          to,
          to === 'headers'
            ? text.replaceAll(/\bprocess\.env\.\w+(?=\s*[,}])/g, (name) => `${name} ?? ''`)
            : text,
        ]);
      }
      return made;
    },
  };
}

/** A host without its path, as Ollama's clients take it. */
export const ollamaHost: OptionRule = {
  make: (value, file) => {
    if (Node.isStringLiteral(value)) {
      const quote = value.getText()[0] ?? "'";
      return [['baseURL', `${quote}${value.getLiteralText().replace(/\/$/, '')}/v1${quote}`]];
    }
    return [['baseURL', `\`\${${file.render(value)}}/v1\``]];
  },
};

export const anyJson: OptionRule = {
  make: (value) =>
    value.getText().replaceAll(/['"]/g, '') === 'json'
      ? [['call:responseFormat', "{ type: 'json' }"]]
      : undefined,
};

/** Options that matter only when they are true. */
export const onlyFalse = (why: string): OptionRule => ({
  make: (value, file) => {
    if (isTrue(value)) file.note(value, why);
    return [];
  },
});
