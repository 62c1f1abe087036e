import { isObject } from '@mortise/core/shared';
import {
  googleGenerateContent,
  openAIChatCompletions,
  openAIResponses,
  type LLMDialect,
} from '@mortise/conformance';

type Json = { [member: string]: unknown };

/** Their packages hold the wire to more of its members than a dialect writes; the providers send them all. */
export const chat: LLMDialect = {
  ...openAIChatCompletions,
  // Their package writes the failure into the text of the result.
  without: without(openAIChatCompletions, 'tool-failure'),
};

export const responses: LLMDialect = {
  ...openAIResponses,
  without: without(openAIResponses, 'tool-failure'),
  request: {
    ...openAIResponses.request,
    // To models that reason, OpenAI's name of the system is `developer`.
    messages: (body) =>
      openAIResponses.request
        .messages(body)
        .map(({ role, text }) => ({ role: role === 'developer' ? 'system' : role, text })),
  },
  frames: (answer, shape) =>
    openAIResponses.frames(answer, shape).map((frame) => {
      const data = JSON.parse(frame.data) as Json;
      return { ...frame, data: JSON.stringify(withItemId(data)) };
    }),
};

export const google: LLMDialect = {
  ...googleGenerateContent,
  request: {
    ...googleGenerateContent.request,
    // A function's response is any object; theirs puts the name into it, and calls the rest `content`.
    toolResults: (body) =>
      functionResponses(body).map(({ id, response }) => ({
        id: String(id),
        text: String((response as Json)['content'] ?? ''),
      })),
  },
};

function without({ without: all }: LLMDialect, ...names: string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

/** Every event about an item names it. */
function withItemId(data: Json): Json {
  const { type, output_index: index } = data;
  if (typeof type !== 'string' || typeof index !== 'number' || data['item_id'] !== undefined) return data;
  return isObject(data['item']) ? data : { ...data, item_id: `item_${index}` };
}

function functionResponses(body: Json): Json[] {
  const contents = (body['contents'] ?? []) as { parts?: Json[] }[];
  return contents.flatMap(({ parts = [] }) =>
    parts.flatMap((part) => (isObject(part['functionResponse']) ? [part['functionResponse']] : [])),
  );
}
