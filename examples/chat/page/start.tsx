import type { ReactElement } from 'react';
import type { About } from '../contract.ts';

export interface StartProps {
  about: About | undefined;
  onAsk: (text: string) => void;
}

/** What a new conversation shows. */
export function Start({ about, onAsk }: StartProps): ReactElement {
  const examples = [...(about?.examples ?? []), 'note: ask my own documents too'];
  return (
    <section className="start">
      <h2>What would you like to know?</h2>
      <p>
        Answers come from {about?.documents ?? 'the documents'}, with the words that they rest on. A note is
        written only when you approve it.
      </p>
      <ul>
        {examples.map((example) => (
          <li key={example}>
            <button type="button" onClick={() => onAsk(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
