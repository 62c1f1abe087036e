import type { ChatEngineParts } from '@mortise/conformance';
import { createToolsChatEngine, type ChatEngine } from '@mortise/rag';
import { tool } from '@mortise/toolkit';

/** A conversation whose model has the suite's tool, which needs approval, and no other. */
export function withApprovals({ llm, tool: needed, messages, persist }: ChatEngineParts): ChatEngine {
  if (needed === undefined) return createToolsChatEngine({ llm, tools: [] }, { messages, persist });
  const { name, description, approvalKey } = needed;
  const parameters = { type: 'object', properties: {} };
  const pay = tool({ name, description, parameters, needsApproval: true, execute: () => needed.execute() });
  return createToolsChatEngine({ llm, tools: [pay] }, { messages, persist, approvalKey });
}
