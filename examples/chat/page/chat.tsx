import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport, lastAssistantMessageIsCompleteWithApprovalResponses } from 'ai';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { About, ChatRequestBody, OpenConversation } from '../contract.ts';
import { Composer } from './composer.tsx';
import { Message } from './message.tsx';
import { failureText } from './server.ts';
import { SourcePanel, type OpenSource } from './source-panel.tsx';
import { Start } from './start.tsx';
import { useFollowing } from './use-following.ts';
import type { ChatMessage } from './types.ts';

export interface ChatProps {
  id: string;
  /** Undefined for a new conversation. */
  loaded: OpenConversation | undefined;
  about: About | undefined;
  /** After each turn. */
  onTurn: () => void;
}

/** The server has the conversation, so that its last message is all that it needs. */
const transport = new DefaultChatTransport<ChatMessage>({
  api: '/api/chat',
  prepareSendMessagesRequest: ({ id, messages, body }) => ({
    body: { id, messages: messages.slice(-1), ...body } satisfies ChatRequestBody,
  }),
});

export function Chat({ id, loaded, about, onTurn }: ChatProps): ReactElement {
  const [isCut, setIsCut] = useState(loaded?.isCut ?? false);
  const [source, setSource] = useState<OpenSource>();
  const { messages, status, error, sendMessage, setMessages, stop, addToolApprovalResponse } =
    useChat<ChatMessage>({
      id,
      transport,
      messages: (loaded?.messages ?? []) as ChatMessage[],
      sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
      onFinish: ({ isAbort, isDisconnect, isError }) => {
        setIsCut(isAbort || isDisconnect || isError);
        onTurn();
      },
      experimental_throttle: 40,
    });
  const isBusy = status === 'submitted' || status === 'streaming';
  const follow = useFollowing(messages);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // A dialog that is open closes with it.
      if (event.key === 'Escape' && isBusy && document.querySelector('dialog[open]') === null) void stop();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isBusy, stop]);

  const decide = useCallback(
    (approval: string, approved: boolean) => void addToolApprovalResponse({ id: approval, approved }),
    [addToolApprovalResponse],
  );
  const ask = (text: string): void => {
    follow();
    setIsCut(false);
    void sendMessage({ text });
  };
  const goOn = (): void => {
    setIsCut(false);
    setMessages(withoutCut);
    void sendMessage(undefined, { body: { isContinued: true } });
  };

  return (
    <main className="chat">
      {messages.length === 0 ? (
        <Start about={about} onAsk={ask} />
      ) : (
        <div className="log" role="log" aria-label="Conversation" aria-busy={isBusy}>
          {messages.map((message) => (
            <Message key={message.id} message={message} onSource={setSource} onDecide={decide} />
          ))}
        </div>
      )}
      <div className="state" role="status">
        {loaded?.isRunning === true && !isBusy && 'It is being answered in another window…'}
        {isBusy && (status === 'submitted' ? 'Looking it up…' : 'Answering…')}
        {isCut && !isBusy && (
          <>
            <span>{error === undefined ? 'The answer was stopped.' : failureText(error)}</span>{' '}
            <button type="button" onClick={goOn}>
              Continue
            </button>
          </>
        )}
        {error !== undefined && !isCut && !isBusy && <span>{failureText(error)}</span>}
      </div>
      <Composer isBusy={isBusy} onAsk={ask} onStop={() => void stop()} />
      {source !== undefined && <SourcePanel {...source} onClose={() => setSource(undefined)} />}
    </main>
  );
}

/** The words of a reply that was cut come again when it goes on. */
function withoutCut(messages: ChatMessage[]): ChatMessage[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return messages;
  const kept = last.parts.findLastIndex(({ type }) => type.startsWith('tool-')) + 1;
  const before = messages.slice(0, -1);
  return kept === 0 ? before : [...before, { ...last, parts: last.parts.slice(0, kept) }];
}
