import type { AgentEvent } from './events.ts';

/** An event of a call inside an agent that is a tool. */
export interface InsideCall {
  /** By which people know the call: the ids of the calls around it, and its own. */
  readonly id: string;
  readonly event: Extract<AgentEvent, { type: 'approval-asked' | 'approval-given' | 'tool-end' }>;
}

/** What a `tool-event` tells of an approval, however deep the agent is; undefined for everything else. */
export function insideCall({
  call,
  event,
}: Extract<AgentEvent, { type: 'tool-event' }>): InsideCall | undefined {
  const ids = [call.id];
  let leaf = event as AgentEvent;
  while (leaf.type === 'tool-event') {
    ids.push(leaf.call.id);
    leaf = leaf.event as AgentEvent;
  }
  if (leaf.type !== 'approval-asked' && leaf.type !== 'approval-given' && leaf.type !== 'tool-end')
    return undefined;
  return { id: [...ids, leaf.call.id].join('/'), event: leaf };
}
