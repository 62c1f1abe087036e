import { memo, type ReactElement } from 'react';
import type { SearchResult } from '../contract.ts';
import { AnswerText } from './answer-text.tsx';
import { ApprovalCard } from './approval-card.tsx';
import type { OpenSource } from './source-panel.tsx';
import { titleOf } from './source-title.ts';
import type { ChatMessage, ChatPart, SearchPart } from './types.ts';

export interface MessageProps {
  message: ChatMessage;
  onSource: (source: OpenSource) => void;
  onDecide: (approval: string, approved: boolean) => void;
}

/** Drawn again when it has changed: an answer that streams leaves those before it alone. */
export const Message = memo(function Message({ message, onSource, onDecide }: MessageProps): ReactElement {
  const { role, parts } = message;
  return (
    <article className={`message ${role}`}>
      <h2 className="visually-hidden">{role === 'user' ? 'You' : 'Answer'}</h2>
      {parts.map((part, at) => (
        <Part
          key={at}
          part={part}
          result={searched(parts.slice(0, at))}
          role={role}
          {...{ onSource, onDecide }}
        />
      ))}
    </article>
  );
});

interface PartProps extends Omit<MessageProps, 'message'> {
  part: ChatPart;
  role: ChatMessage['role'];
  /** What the searches before this part gave: their sources are numbered through, and a text cites the numbers. */
  result: SearchResult | undefined;
}

function Part({ part, role, result, onSource, onDecide }: PartProps): ReactElement | null {
  switch (part.type) {
    case 'text':
      return role === 'user' ? (
        <p className="question">{part.text}</p>
      ) : (
        <AnswerText text={part.text} result={result} onSource={onSource} />
      );
    case 'tool-search_docs':
      return <Search part={part} onSource={onSource} />;
    case 'tool-save_note':
      return <ApprovalCard part={part} onDecide={onDecide} />;
    default:
      return null;
  }
}

function searched(parts: readonly ChatPart[]): SearchResult | undefined {
  const results = parts.flatMap((part) =>
    part.type === 'tool-search_docs' && part.state === 'output-available' ? [part.output] : [],
  );
  const last = results.at(-1);
  if (last === undefined || results.length === 1) return last;
  const sources = results.flatMap((result) => result.sources);
  return { ...last, sources, citations: results.flatMap(({ citations }) => citations) };
}

function Search({ part, onSource }: { part: SearchPart; onSource: MessageProps['onSource'] }): ReactElement {
  const { state, input } = part;
  const question = input?.question ?? '';
  if (state === 'output-error') return <p className="step">The search failed: {part.errorText}</p>;
  if (state !== 'output-available') return <p className="step">Searching for “{question}”…</p>;
  const { sources } = part.output;
  if (sources.length === 0) return <p className="step">Searched for “{question}”: nothing was found.</p>;
  return (
    <details className="step">
      <summary>
        Searched the documents: {sources.length} {sources.length === 1 ? 'source' : 'sources'}
      </summary>
      <ul>
        {sources.map((source) => (
          <li key={source.nodeId}>
            <button
              type="button"
              className="link"
              onClick={() => onSource({ result: part.output, number: source.number, occurrence: 0 })}
            >
              [{source.number}] {titleOf(source.metadata)}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
