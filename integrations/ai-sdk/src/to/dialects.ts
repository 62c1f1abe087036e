import type { FinishReason, MediaSource, Usage } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import type {
  AISDKOutputVersion,
  OutputApprovalRequest,
  OutputCitation,
  OutputContent,
  OutputFinish,
  OutputFinishWord,
  OutputProviderTool,
  OutputTold,
  OutputToolResult,
  OutputUsage,
  OutputWarning,
} from '../output.ts';
import { partOf, textOf, type Part } from '../read.ts';

/** What is to be known: an option or a tool that was left out, or a sentence. */
export type Note =
  | { readonly feature: string; readonly details: string; readonly tool?: Part }
  | { readonly message: string };

/** What differs between the versions that are written. */
export interface Dialect<V extends AISDKOutputVersion> {
  readonly version: V;
  /** What no part is like. */
  custom(kind: string, told: OutputTold): OutputContent<V>;
  text(text: string, citations: OutputCitation[], told: OutputTold): OutputContent<V>;
  file(source: MediaSource, mediaType: string, told: OutputTold): OutputContent<V> | undefined;
  result(part: OutputToolResult): OutputContent<V>;
  approval(part: OutputApprovalRequest): OutputContent<V> | undefined;
  usage(usage: Usage): OutputUsage<V>;
  finish(reason: FinishReason): OutputFinish<V>;
  readonly warning: (note: Note) => OutputWarning<V>;
}

const later = {
  result: (part: OutputToolResult) => part,
  approval: (part: OutputApprovalRequest) => part,
  usage(usage: Usage): OutputUsage {
    const { inputTokens: total, cachedInputTokens: cacheRead, cacheWriteTokens: cacheWrite } = usage;
    const { outputTokens, reasoningTokens: reasoning, raw } = usage;
    const noCache = total === undefined ? undefined : total - (cacheRead ?? 0) - (cacheWrite ?? 0);
    const text = outputTokens === undefined ? undefined : outputTokens - (reasoning ?? 0);
    return {
      inputTokens: { total, noCache, cacheRead, cacheWrite },
      outputTokens: { total: outputTokens, text, reasoning },
      ...(raw === undefined ? {} : { raw }),
    };
  },
  finish: (reason: FinishReason): OutputFinish => ({
    unified: finishWord(reason),
    raw: reason.raw === '' ? undefined : reason.raw,
  }),
  warning(note: Note): OutputWarning {
    if ('message' in note) return { type: 'other', message: note.message };
    return { type: 'unsupported', feature: note.feature, details: note.details };
  },
};

const earlier = {
  // Empty reasoning is the one part that keeps what it holds and shows nothing.
  custom: (_kind: string, told: OutputTold) => ({ type: 'reasoning' as const, text: '', ...told }),
  text: (text: string, _citations: OutputCitation[], told: OutputTold) => ({
    type: 'text' as const,
    text,
    ...told,
  }),
  file: (source: MediaSource, mediaType: string, told: OutputTold) =>
    'data' in source ? { type: 'file' as const, mediaType, data: source.data, ...told } : undefined,
};

/* Made by functions: a spread at the top of a module stays in bundles that use nothing of it. */

export const v4: Dialect<'v4'> = /* @__PURE__ */ dialectV4();
export const v3: Dialect<'v3'> = /* @__PURE__ */ dialectV3();
export const v2: Dialect<'v2'> = /* @__PURE__ */ dialectV2();

function dialectV4(): Dialect<'v4'> {
  return {
    ...later,
    version: 'v4',
    custom: (kind, told) => ({ type: 'custom', kind: dotted(kind, ':'), ...told }),
    text: (text, citations, told) => ({
      type: 'text',
      text,
      ...(citations.length > 0 && { citations }),
      ...told,
    }),
    file(source, mediaType, told) {
      if ('data' in source)
        return { type: 'file', mediaType, data: { type: 'data', data: source.data }, ...told };
      const url = URL.parse(source.url);
      return url === null ? undefined : { type: 'file', mediaType, data: { type: 'url', url }, ...told };
    },
  };
}

function dialectV3(): Dialect<'v3'> {
  return { ...later, ...earlier, version: 'v3' };
}

function dialectV2(): Dialect<'v2'> {
  return {
    ...earlier,
    version: 'v2',
    result: (part) => ({ ...part, providerExecuted: true }),
    approval: () => undefined,
    usage({ inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens }) {
      const isCounted = inputTokens !== undefined && outputTokens !== undefined;
      const sum = isCounted ? inputTokens + outputTokens : undefined;
      const parts = defined({ reasoningTokens, cachedInputTokens });
      return { inputTokens, outputTokens, totalTokens: totalTokens ?? sum, ...parts };
    },
    finish: finishWord,
    warning(note) {
      if ('message' in note) return { type: 'other', message: note.message };
      const { feature: setting, details, tool } = note;
      if (tool === undefined) return { type: 'unsupported-setting', setting, details };
      return { type: 'unsupported-tool', tool: providerTool(tool), details };
    },
  };
}

function providerTool({ id, name, args }: Part): OutputProviderTool {
  return {
    type: 'provider-defined',
    id: dotted(textOf(id) ?? '', '.'),
    name: textOf(name) ?? '',
    args: { ...partOf(args) },
  };
}

/** Ours are `openai:web-search`, theirs `openai.web-search`. */
function dotted(type: string, separator: string): `${string}.${string}` {
  const [provider = '', ...kind] = type.split(separator);
  return `${provider}.${kind.join(separator)}`;
}

const FINISHES = ['stop', 'length', 'content-filter', 'tool-calls'] as const;

export function finishWord({ unified }: FinishReason): OutputFinishWord {
  return FINISHES.find((known) => known === unified) ?? 'other';
}
