import { MortiseError, type Warning } from '@mortise/core';
import type { About } from '@mortise/core/wire';
import { listOf, partOf, textOf, type Part } from '../read.ts';

/** Their names of options, as ours. */
const SETTINGS: Readonly<Record<string, string>> = {
  stopSequences: 'stop',
  reasoningEffort: 'reasoning',
};
/** What a provider must do if it is asked for, or nothing is right. */
const REQUIREMENTS: ReadonlySet<string> = new Set(['stop', 'responseFormat', 'toolChoice', 'tools']);

/** Their warnings as ours. With `strict`, and for a requirement that was not met, the first is `unsupported`. */
export function warningsFrom(said: unknown, about: About, strict: boolean): Warning[] {
  return listOf(said).map((warning) => {
    const told = warningOf(warning);
    const isLeftOut = told.type === 'unsupported-setting';
    if (isLeftOut && (strict || (told.setting !== undefined && REQUIREMENTS.has(told.setting)))) {
      const message = `${about.provider} did not take an option: ${told.message} Leave it out, or use another model.`;
      throw new MortiseError('unsupported', message, { provider: about.provider, model: about.model });
    }
    return told;
  });
}

function warningOf(warning: Part): Warning {
  const { type, feature, setting, details, message, tool } = warning;
  const name = textOf(feature) ?? textOf(setting) ?? (type === 'unsupported-tool' ? 'tools' : undefined);
  const about =
    name === undefined ? undefined : (SETTINGS[name] ?? (/^tool\b|tool$/.test(name) ? 'tools' : name));
  const what = textOf(partOf(tool)['name']) ?? name;
  const said =
    textOf(message) ??
    textOf(details) ??
    `${what ?? 'Something'} was left out: the model does not support it.`;
  return {
    type: kindOf(textOf(type) ?? 'other'),
    ...(about === undefined ? {} : { setting: about }),
    message: said.endsWith('.') ? said : `${said}.`,
  };
}

function kindOf(type: string): string {
  return type.startsWith('unsupported') ? 'unsupported-setting' : type;
}
