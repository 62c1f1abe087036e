import type { SearchResult } from '../contract.ts';
import { createContext, useContext, type ComponentProps, type ReactElement, type ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import { citationLinks, readCitationLink } from './citation-links.ts';
import type { OpenSource } from './source-panel.tsx';

export interface AnswerTextProps {
  text: string;
  result: SearchResult | undefined;
  onSource: (source: OpenSource) => void;
}

const Cited = createContext<Omit<AnswerTextProps, 'text'> | undefined>(undefined);

/** Markdown without its HTML, whose citations are buttons. Those in code are code. */
export function AnswerText({ text, result, onSource }: AnswerTextProps): ReactElement {
  return (
    <div className="answer">
      <Cited value={{ result, onSource }}>
        <Markdown remarkPlugins={[citationLinks]} components={components}>
          {text}
        </Markdown>
      </Cited>
    </div>
  );
}

/** An answer has no headings of the page. */
function Heading({ children }: { children?: ReactNode }): ReactElement {
  return <p className="heading">{children}</p>;
}

/** A citation; a link to another site; and what of the documents leads nowhere here. */
function Link({ href = '', children }: ComponentProps<'a'>): ReactElement {
  const cited = useContext(Cited);
  const citation = readCitationLink(href);
  if (citation !== undefined) {
    const { number } = citation;
    const result = cited?.result;
    const isKnown = result?.sources.some((source) => source.number === number) === true;
    if (cited === undefined || result === undefined || !isKnown) return <span>[{number}]</span>;
    return (
      <button
        type="button"
        className="citation"
        aria-label={`Source ${number}`}
        aria-haspopup="dialog"
        onClick={() => cited.onSource({ result, ...citation })}
      >
        {number}
      </button>
    );
  }
  if (!/^https?:\/\//.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

// One object for all texts: a component that is made anew would take the focus away from what is in it.
const components: Components = {
  a: Link,
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  // Nothing is loaded from anywhere.
  img: ({ alt }) => <span>{alt}</span>,
};
