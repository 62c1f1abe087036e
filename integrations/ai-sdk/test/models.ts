import type { AISDKLanguageModel } from '@mortise/ai-sdk';

export type Call = { readonly [member: string]: any };

/** A language model by hand, of any version: what it was asked, and what it says. */
export function languageModel(
  version: 'v2' | 'v3' | 'v4',
  says: { readonly reply?: object; readonly parts?: readonly object[]; readonly provider?: string },
): AISDKLanguageModel & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    specificationVersion: version,
    provider: says.provider ?? 'acme.chat',
    modelId: 'acme-1',
    async doGenerate(options) {
      calls.push(options);
      return { content: [], finishReason: finished(version), usage: {}, warnings: [], ...says.reply };
    },
    async doStream(options) {
      calls.push(options);
      const parts = says.parts ?? [];
      return {
        stream: new ReadableStream({
          start(controller) {
            for (const part of parts) controller.enqueue(part);
            controller.close();
          },
        }),
      };
    },
  };
}

export function finished(version: 'v2' | 'v3' | 'v4', unified = 'stop'): unknown {
  return version === 'v2' ? unified : { unified, raw: unified };
}
