import {
  approvalsFromUIMessages,
  fromUIMessages,
  toUIMessages,
  toUIMessageStreamResponse,
  type UIMessageData,
} from '@mortise/ai-sdk/ui';
import { messageText, type ChatMessage, type LLM } from '@mortise/core';
import type { ChatEngine } from '@mortise/rag';
import { streamTools, type PendingApproval, type Tool, type ToolsState } from '@mortise/toolkit';

/** Where the application keeps the runs of its conversations. */
export interface Runs {
  get(id: string): Promise<ToolsState>;
  set(id: string, state: ToolsState): Promise<void>;
}

export function approvalsEndpoint(
  llm: LLM,
  tools: readonly Tool[],
  approvalKey: string,
  runs: Runs,
): (request: Request) => Promise<Response> {
  // #region approvals
  async function POST(request: Request): Promise<Response> {
    const { id, messages } = (await request.json()) as { id: string; messages: unknown };
    const stream = streamTools(llm, await runs.get(id), {
      tools,
      approvalKey,
      approvals: approvalsFromUIMessages(messages), // the run looks at their signatures
      onState: (state) => runs.set(id, state),
    });
    const show = { approvals: true }; // the page gets the tokens, so it may decide
    return toUIMessageStreamResponse(stream, { signal: request.signal, show, outputs: 'data' });
  }
  // #endregion
  return POST;
}

export function loaded(
  messages: readonly ChatMessage[],
  approvals: readonly PendingApproval[],
): UIMessageData[] {
  // #region loaded
  const initialMessages = toUIMessages(messages, { approvals, show: { approvals: true }, outputs: 'data' });
  // #endregion
  return initialMessages;
}

export function conversationEndpoint(
  open: (id: string) => ChatEngine,
): (request: Request) => Promise<Response> {
  // #region conversation
  async function POST(request: Request): Promise<Response> {
    const { id, messages } = (await request.json()) as { id: string; messages: unknown[] };
    const chat = open(id); // createToolsChatEngine with persist: { store, key: id }
    const approvals = approvalsFromUIMessages(messages);
    const [asked] = fromUIMessages(messages.slice(-1));
    const { signal } = request;
    const stream =
      asked?.role === 'user'
        ? chat.streamChat(messageText(asked), { signal })
        : chat.streamResume({ approvals, signal });
    const show = { approvals: true };
    return toUIMessageStreamResponse(stream, { signal, show, outputs: 'data' });
  }
  // #endregion
  return POST;
}

export async function loadedConversation(chat: ChatEngine): Promise<UIMessageData[]> {
  // #region kept
  const pending = await chat.pending();
  const messages = [...(await chat.history()), ...(pending?.messages ?? [])];
  const show = { approvals: true };
  return toUIMessages(messages, { approvals: pending?.approvals, show, outputs: 'data' });
  // #endregion
}
