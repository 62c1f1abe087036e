import type { ChatMessage, ChatRequest } from '@mortise/core/llm';
import type { RequestNotes } from '@mortise/core/wire';

/** Settings that LangChain.js takes where a model is made. */
export function leaveOutSettings(settings: readonly string[], notes: RequestNotes): void {
  for (const setting of settings)
    notes.leaveOut(
      setting,
      `A call cannot set ${setting}: LangChain.js takes it where a model is made. Set it there, or give fromLangChain \`withSettings\`.`,
    );
}

/** What messages of theirs have no place for: cache points, blocks of the application. */
export function leaveOutBlock(type: string, notes: RequestNotes): void {
  notes.leaveOut(type, `LangChain.js has no place for blocks of the type ${type}; they are left out.`);
}

/** What is said of documents stands in metadata, which no model of theirs has to read. */
export function leaveOutDescriptions({ messages }: Pick<ChatRequest, 'messages'>, notes: RequestNotes): void {
  if (!messages.some(describesDocuments)) return;
  notes.leaveOut(
    'messages',
    'What a document is called and about, and that it is to be cited, goes to LangChain.js as metadata, and its models may leave it out. Put it into a text.',
  );
}

function describesDocuments({ content }: Pick<ChatMessage, 'content'>): boolean {
  if (typeof content === 'string') return false;
  return content.some(
    (block) =>
      (block.type === 'document' && ['title', 'context', 'citations'].some((name) => name in block)) ||
      (block.type === 'tool-result' && describesDocuments(block)),
  );
}
