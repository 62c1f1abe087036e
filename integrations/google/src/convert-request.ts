import { type ChatRequest, type ToolChoice, type ToolDefinition } from '@mortise/core';
import { fitSchema, googleDialect } from '@mortise/core/schema';
import { defined, nonEmpty } from '@mortise/core/shared';
import { requestNotes, withOptions, type NotesContext, type RequestNotes } from '@mortise/core/wire';
import { toConversation, type Wire } from './convert-content.ts';

/**
 * `providerOptions.google`: merged into the request body last, in Google's own spelling. A member replaces ours, but `tools`
 * are added to the call's, and the members of `generationConfig` and `toolConfig` are added one by one.
 */
export type GoogleOptions = {
  /** Google's own tools, such as `{ googleSearch: {} }` or `{ codeExecution: {} }`. */
  tools?: readonly object[] | undefined;
  toolConfig?: object | undefined;
  /** Such as `thinkingConfig`, `responseModalities`, `mediaResolution`, `topK`. */
  generationConfig?: object | undefined;
  safetySettings?: readonly object[] | undefined;
  /** The name of a cache that was made before: `cachedContents/...`. */
  cachedContent?: string | undefined;
  [option: string]: unknown;
};

/** Merged last into the request's body, in Google's own spelling. */
export type GoogleProviderOptions = {
  google?: GoogleOptions | undefined;
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** The body of `models/MODEL:generateContent`: https://ai.google.dev/api/generate-content */
export function toRequest(request: ChatRequest<GoogleProviderOptions>, context: NotesContext): Wire {
  const notes = requestNotes('google', request, context);
  const { system, turns } = toConversation(request.messages, notes);
  const declared = (request.tools ?? []).map(toTool);
  const { tools: ownTools = [], ...own } = request.providerOptions?.google ?? {};
  const tools = [...(declared.length === 0 ? [] : [{ functionDeclarations: declared }]), ...(ownTools ?? [])];
  const mode = declared.length === 0 ? undefined : toMode(request.toolChoice, request.tools ?? []);
  const body = defined({
    contents: turns,
    systemInstruction: system.length === 0 ? undefined : { parts: system },
    tools: tools.length === 0 ? undefined : tools,
    toolConfig: mode === undefined ? undefined : { functionCallingConfig: mode },
    generationConfig: nonEmpty({
      temperature: request.temperature,
      topP: request.topP,
      maxOutputTokens: request.maxOutputTokens,
      stopSequences: request.stop,
      seed: request.seed,
      ...toFormat(request, notes),
      thinkingConfig: toThinkingConfig(request.reasoning, notes),
    }),
  });
  return withOptions(body, own, { merged: ['generationConfig', 'toolConfig'] });
}

function toTool({ name, description, parameters }: ToolDefinition): Wire {
  const { schema } = fitSchema(parameters, googleDialect, 'tool');
  return defined({ name, description, parametersJsonSchema: schema });
}

/** `VALIDATED` holds calls to their schemas and leaves the choice to the model; it takes names as `ANY` does. */
function toMode(choice: ToolChoice | undefined, tools: readonly ToolDefinition[]): Wire | undefined {
  const strict = tools.some((tool) => tool.strict === true);
  if (choice === undefined) return strict ? { mode: 'VALIDATED' } : undefined;
  if (choice === 'auto') return { mode: strict ? 'VALIDATED' : 'AUTO' };
  if (choice === 'none') return { mode: 'NONE' };
  if (choice === 'required') return { mode: 'ANY' };
  if ('tool' in choice) return { mode: 'ANY', allowedFunctionNames: [choice.tool] };
  if ('tools' in choice)
    return { mode: choice.required === true ? 'ANY' : 'VALIDATED', allowedFunctionNames: [...choice.tools] };
  return undefined;
}

/**
 * An effort is a level, which every model since Gemini 3 takes; a budget is for the models before. Which of them a model takes
 * is the API's to say; it refuses both together.
 */
function toThinkingConfig(reasoning: ChatRequest['reasoning'], notes: RequestNotes): Wire | undefined {
  const { effort, budgetTokens, summary } = reasoning ?? {};
  if (summary === 'concise' || summary === 'detailed')
    notes.leaveOut('reasoning.summary', `Google has no ${summary} summaries; thoughts come as they are.`);
  const includeThoughts = summary === undefined ? undefined : summary !== 'omitted';
  if (effort === 'none') return { thinkingBudget: 0 };
  if (effort !== undefined && budgetTokens !== undefined)
    notes.leaveOut('reasoning.budgetTokens', 'Google takes an effort or a budget; the budget was left out.');
  return nonEmpty({
    thinkingLevel: effort?.toUpperCase(),
    thinkingBudget: effort === undefined ? budgetTokens : undefined,
    includeThoughts,
  });
}

function toFormat({ responseFormat }: ChatRequest, notes: RequestNotes): Wire {
  if (responseFormat?.type !== 'json') return {};
  const { schema, description } = responseFormat;
  if (schema === undefined) return { responseMimeType: 'application/json' };
  const fitted = fitSchema(schema, googleDialect, 'format');
  if (!fitted.strict) {
    return notes.refuse(
      `Google cannot hold the model to this schema: ${fitted.reason}. Use structured(), which finds another way.`,
    );
  }
  return {
    responseMimeType: 'application/json',
    responseJsonSchema: defined({ description, ...fitted.schema }),
  };
}
