import { Node, type NewExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';
import { argumentOf, literalText, membersOf, objectText } from '../engine/syntax.ts';

const MODEL_OPTIONS = ['provider', 'virtual_key', 'model', 'max_tokens', 'temperature'];

/** `new Portkey({ mode: 'single', llms: [one] })`: the gateway speaks OpenAI's wire, and takes whom to ask from headers. */
export function portkeyText(node: NewExpression, file: Rewriting): string {
  const members = membersOf(argumentOf(node));
  const llms = members?.get('llms');
  const [given, ...others] =
    llms !== undefined && Node.isArrayLiteralExpression(llms) ? llms.getElements() : [];
  const one = given === undefined ? undefined : membersOf(given);
  const other = [...(members?.keys() ?? [])].find((name) => !['mode', 'llms', 'apiKey'].includes(name));
  if (
    one === undefined ||
    others.length > 0 ||
    other !== undefined ||
    literalText(members?.get('mode')) !== 'single'
  )
    return file.cannot(
      node,
      'Portkey is brought over with one model in the mode single: see withFallback for several.',
    );
  const unknown = [...one.keys()].find((name) => !MODEL_OPTIONS.includes(name));
  const model = one.get('model');
  if (unknown !== undefined || model === undefined)
    return file.cannot(node, `The option ${unknown ?? 'model'} of a model has no counterpart here.`);
  const text = (name: string): string | undefined => {
    const value = one.get(name);
    return value === undefined ? undefined : file.render(value);
  };
  const key = members?.get('apiKey');
  const headers = objectText([
    ["'x-portkey-api-key'", key === undefined ? "process.env.PORTKEY_API_KEY ?? ''" : file.render(key)],
    ["'x-portkey-provider'", text('provider')],
    ["'x-portkey-virtual-key'", text('virtual_key')],
  ]);
  file.note(node, "The gateway is asked over OpenAI's wire, by the headers that its documentation names.");
  const made = `new ${file.use('OpenAILLM', '@mortise/openai')}(${objectText([
    ['model', file.render(model)],
    ['api', "'chat-completions'"],
    ['baseURL', "'https://api.portkey.ai/v1'"],
    ['apiKeyVariable', "'PORTKEY_API_KEY'"],
    ['apiKey', key === undefined ? undefined : file.render(key)],
    ['headers', headers],
  ])})`;
  const calls = objectText([
    ['maxOutputTokens', text('max_tokens')],
    ['temperature', text('temperature')],
  ]);
  return calls === '' ? made : `${file.use('withDefaults', '@mortise/toolkit')}(${made}, ${calls})`;
}
