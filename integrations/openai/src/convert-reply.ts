import type { MortiseError } from '@mortise/core';
import type { CitationBlock } from '@mortise/core/llm';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, uniqueCallId } from '@mortise/core/wire';
import { countOf, stringOf, type WireAbout, type WireBody } from './convert.ts';

/* What both APIs say in the same words, however their replies are made. */

/** `raw` is kept, so that the annotation goes back as it was. */
export function citation(cited: WireBody, raw: WireBody, about: WireAbout): CitationBlock {
  return defined({
    type: 'citation' as const,
    url: stringOf(cited['url']),
    title: stringOf(cited['title']) ?? stringOf(cited['filename']),
    source: stringOf(cited['file_id']),
    start: countOf(cited['start_index']),
    end: countOf(cited['end_index']),
    providerMetadata: { [about.provider]: raw },
  });
}

export function namelessCall(about: WireAbout): MortiseError {
  return malformed('a tool call without a name', about);
}

/** Some vendors send the arguments as an object. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}

/** A result must name its call, so one that comes without an id gets one. */
export function callId(id: unknown): string {
  return stringOf(id) ?? uniqueCallId();
}
