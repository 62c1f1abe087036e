import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { MAX_QUESTION } from '../contract.ts';

export interface ComposerProps {
  isBusy: boolean;
  onAsk: (text: string) => void;
  onStop: () => void;
}

/** Enter sends, Shift+Enter begins a line. */
export function Composer({ isBusy, onAsk, onStop }: ComposerProps): ReactElement {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // A button that was pressed and is gone, such as Approve or Stop, has left the focus nowhere.
    if (!isBusy && document.activeElement === document.body) field.current?.focus();
  }, [isBusy]);

  const send = (): void => {
    const question = text.trim();
    if (question === '' || isBusy) return;
    setText('');
    onAsk(question);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a word, Enter is its own.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor="question" className="visually-hidden">
        Your question
      </label>
      <textarea
        id="question"
        ref={field}
        rows={1}
        value={text}
        maxLength={MAX_QUESTION}
        placeholder="Ask, or write “note: …”"
        aria-describedby="keys"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {isBusy ? (
        <button type="button" className="primary" onClick={onStop}>
          Stop
        </button>
      ) : (
        <button type="submit" className="primary" disabled={text.trim() === ''}>
          Send
        </button>
      )}
      <p id="keys" className="keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> begins a line, <kbd>Esc</kbd> stops
      </p>
    </form>
  );
}
