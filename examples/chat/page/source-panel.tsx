import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Citation, SearchResult, Source } from '../contract.ts';
import { titleOf } from './source-title.ts';

/** A source that was asked for: the n-th citation of its number. */
export interface OpenSource {
  result: SearchResult;
  number: number;
  /** From 0. */
  occurrence: number;
}

export interface SourcePanelProps extends OpenSource {
  onClose: () => void;
}

/** A source, with the words marked that the answer repeats. Escape closes it, and the focus goes back to where it was. */
export function SourcePanel({ result, number, occurrence, onClose }: SourcePanelProps): ReactElement {
  const [shown, setShown] = useState({ number, occurrence });
  const dialog = useRef<HTMLDialogElement>(null);
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    mark.current?.scrollIntoView({ block: 'center' });
  }, [shown]);

  const source = result.sources.find((each) => each.number === shown.number);
  const citation = source && citationOf(result, shown.number, shown.occurrence);
  const quote = source && quoteIn(source, citation);
  return (
    <dialog ref={dialog} className="panel" aria-labelledby="source-title" onClose={onClose}>
      <header>
        <p className="hint">Source {shown.number}</p>
        <h2 id="source-title">{titleOf(source?.metadata)}</h2>
        <button type="button" className="quiet close" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {typeof source?.metadata?.['path'] === 'string' && <p className="path">{source.metadata['path']}</p>}
      {source !== undefined && (
        <pre className="text" tabIndex={0} aria-label="The text of the source">
          {quote === undefined ? (
            source.text
          ) : (
            <>
              {source.text.slice(0, quote.start)}
              <mark ref={mark}>{source.text.slice(quote.start, quote.end)}</mark>
              {source.text.slice(quote.end)}
            </>
          )}
          {source.cut === true && '…'}
        </pre>
      )}
      <p className="hint">{judgement(citation, quote !== undefined)}</p>
      {result.sources.length > 1 && (
        <nav aria-label="Sources of this answer" className="others">
          {result.sources.map((each) => (
            <button
              key={each.nodeId}
              type="button"
              aria-current={each.number === shown.number ? 'true' : undefined}
              aria-label={`Source ${each.number}: ${titleOf(each.metadata)}`}
              onClick={() => setShown({ number: each.number, occurrence: 0 })}
            >
              {each.number}
            </button>
          ))}
        </nav>
      )}
    </dialog>
  );
}

function citationOf({ citations }: SearchResult, number: number, occurrence: number): Citation | undefined {
  const ofNumber = citations.filter((citation) => citation.number === number);
  return ofNumber[occurrence] ?? ofNumber.find(({ quote }) => quote !== undefined) ?? ofNumber[0];
}

/** Where the words stand: the server found them. */
function quoteIn(
  { text }: Source,
  citation: Citation | undefined,
): { start: number; end: number } | undefined {
  const { quoteStart: start, quoteEnd: end } = citation ?? {};
  return start === undefined || end === undefined || end > text.length ? undefined : { start, end };
}

function judgement(citation: Citation | undefined, isMarked: boolean): string {
  if (citation?.problem === 'misquote') return 'The quoted words stand in no source.';
  if (citation?.problem === 'other-source') return 'The quoted words stand in another source.';
  if (isMarked) return 'The marked words are those that the answer repeats.';
  return citation === undefined
    ? 'The answer does not cite this source.'
    : 'The answer says this in its own words.';
}
