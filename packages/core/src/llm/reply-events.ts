import type { ChatReply, ChatStreamEvent } from './contract.ts';
import type { ContentBlock } from './message-contract.ts';

/**
 * The events of a reply that is there already: of a model that does not stream, and of a reply that was kept. One delta
 * for each text, none that is empty.
 */
export function eventsOfReply(reply: ChatReply): ChatStreamEvent[] {
  const { id, model, createdAt, content, warnings = [], finishReason, usage = {}, providerMetadata } = reply;
  const start = { type: 'start' } as Extract<ChatStreamEvent, { type: 'start' }>;
  if (id !== undefined) start.id = id;
  if (model !== undefined) start.model = model;
  if (createdAt !== undefined) start.createdAt = createdAt;
  return [
    start,
    ...warnings.map((warning): ChatStreamEvent => ({ type: 'warning', warning })),
    ...content.flatMap(blockEvents),
    { type: 'finish', finishReason, usage, ...(providerMetadata === undefined ? {} : { providerMetadata }) },
  ];
}

/** The deltas that come to the block, for readers that look at nothing else, and the block. */
export function blockEvents(block: ContentBlock, index: number): ChatStreamEvent[] {
  return [...deltasOf(block, index), { type: 'block', index, block }];
}

function deltasOf(block: ContentBlock, index: number): ChatStreamEvent[] {
  switch (block.type) {
    case 'text': {
      const delta: ChatStreamEvent[] =
        block.text === '' ? [] : [{ type: 'text-delta', index, delta: block.text }];
      const citations = block.citations ?? [];
      return [
        ...delta,
        ...citations.map((citation): ChatStreamEvent => ({ type: 'citation', index, citation })),
      ];
    }
    case 'reasoning':
      return block.text === '' ? [] : [{ type: 'reasoning-delta', index, delta: block.text }];
    case 'tool-call': {
      const { id, name, arguments: args, argumentsText = JSON.stringify(args) } = block;
      return [
        { type: 'tool-call-start', index, id, name },
        { type: 'tool-call-delta', index, delta: argumentsText },
      ];
    }
    default:
      return [];
  }
}
