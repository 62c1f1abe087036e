import { MortiseError } from '@mortise/core';
import { chatPrompt } from './chat-prompt.ts';
import type { ChatPromptTemplate, PromptScalar, PromptTemplate } from './contract.ts';
import { prompt } from './prompt.ts';

/** What stands in the front matter: a scalar, a list of them, or one level of names. */
export type FrontMatter = {
  [name: string]: PromptScalar | PromptScalar[] | { [name: string]: PromptScalar };
};

/** A prompt as a file holds it: with roles it is a chat prompt, else a text. */
export type PromptFile = {
  /** Everything in the front matter. */
  readonly data: FrontMatter;
} & (
  | { readonly kind: 'text'; readonly prompt: PromptTemplate }
  | { readonly kind: 'chat'; readonly prompt: ChatPromptTemplate }
);

/**
 * A prompt from the text of a Markdown file. Between lines of `---` at its top stands what is said about it, in a small
 * part of YAML: `name: value`, lists of `- value`, and one level of names. `defaults` there are the prompt's. A body
 * that begins with one of the headings `# System`, `# User` and `# Assistant` is a chat prompt. Reading the file is the
 * caller's, and so is knowing its variables: the compiler cannot.
 */
export function promptFile(text: string): PromptFile {
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const [, front = '', rest] =
    /^---[ \t]*\n((?:(?!---[ \t]*(?:\n|$)).*\n)*)---[ \t]*(?:\n|$)([^]*)$/.exec(plain) ?? [];
  const data = frontMatter(front);
  const body = (rest ?? plain).trim();
  const messages = body.split(/^(?=# (?:System|User|Assistant)[ \t]*$)/im).map((part) => {
    const [, role, content = ''] = /^# (System|User|Assistant)[ \t]*(?:\n([^]*))?$/i.exec(part) ?? [];
    return {
      role: role?.toLowerCase(),
      content: content.trim(),
    };
  });
  const { defaults = {} } = data;
  if (!isNames(defaults)) throw misfit('`defaults` is not a list of names');
  const options = { defaults };
  if (messages.every(({ role }) => role !== undefined)) {
    return { data, kind: 'chat', prompt: looseChatPrompt(messages, options) };
  }
  return { data, kind: 'text', prompt: loosePrompt(body, options) };
}

type Options = { readonly defaults: object };

// The compiler cannot know which names the text has; both check them when they run.
const loosePrompt = prompt as unknown as (template: string, options: Options) => PromptTemplate;
const looseChatPrompt = chatPrompt as unknown as (
  messages: readonly object[],
  options: Options,
) => ChatPromptTemplate;

function frontMatter(text: string): FrontMatter {
  const data: [string, FrontMatter[string]][] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const last = data.at(-1);
    const [, item] = /^\s*-\s+(.*)$/.exec(line) ?? [];
    const [, indent = '', name, value = ''] = /^(\s*)([\w-]+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (item !== undefined && last !== undefined && (last[1] === '' || Array.isArray(last[1])))
      last[1] = [...(last[1] === '' ? [] : last[1]), scalar(item)];
    else if (name !== undefined && indent === '') data.push([name, scalar(value)]);
    else if (name !== undefined && last !== undefined && (last[1] === '' || isNames(last[1])))
      last[1] = { ...(isNames(last[1]) ? last[1] : {}), [name]: scalar(value) };
    else throw misfit(`line ${at + 2} is neither \`name: value\` nor \`- value\``);
  }
  return Object.fromEntries(data);
}

function isNames(value: unknown): value is { [name: string]: PromptScalar } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalar(text: string): PromptScalar {
  const plain = text.trim();
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')$/.exec(plain) ?? [];
  if (double !== undefined || single !== undefined) return (double ?? single) as string;
  if (/^[[{|>&*!]/.test(plain))
    throw misfit(`"${plain.slice(0, 40)}" is more of YAML than is read here; quote what is meant as text`);
  if (plain === 'true' || plain === 'false') return plain === 'true';
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(plain) ? Number(plain) : plain;
}

function misfit(what: string): MortiseError {
  const message = `The front matter of the prompt cannot be read: ${what}. It takes scalars, lists and one level of names.`;
  return new MortiseError('configuration', message);
}
