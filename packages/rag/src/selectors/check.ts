import { MortiseError } from '@mortise/core';
import type { SelectedChoice } from './contract.ts';

/** What a selector returned, if it is what the contract says; else `malformed-response`. */
export function checkSelection(found: unknown, choices: number, max = choices): readonly SelectedChoice[] {
  if (!Array.isArray(found)) throw nonsense('no list');
  if (found.length === 0) throw nonsense('nothing');
  if (found.length > max) throw nonsense(`${found.length} choices, where ${max} at most were asked for`);
  const indexes = found.map((choice: unknown) => (choice as SelectedChoice | null)?.index);
  for (const [at, index] of indexes.entries()) {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= choices)
      throw nonsense(`the index ${String(index)}, where they go from 0 to ${choices - 1}`);
    if (indexes.indexOf(index) !== at) throw nonsense(`choice ${index} twice`);
  }
  return found as readonly SelectedChoice[];
}

function nonsense(what: string): MortiseError {
  const message = `The selector selected ${what}. It must select at least one of the choices, each once.`;
  return new MortiseError('malformed-response', message);
}
