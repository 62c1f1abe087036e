import { Collapsible } from '@base-ui/react/collapsible';
import { useState, type ReactNode } from 'react';
import type { Plain } from '../src/plain.ts';
import type { RunSpan } from '../src/runs.ts';
import { isObject, listAt, numberAt, pretty, prettyText, textAt } from './show.ts';

/** What a span was given and what came of it, in the form of its kind. */
export function Content({ span }: { span: RunSpan }) {
  const { content = {}, children } = span;
  const { input, message, query, text, nodes, sources, citations, documents, results, inputs, ...rest } =
    content;
  const { arguments: args, result, description, tools, ...others } = rest;
  const isReranked = documents !== undefined;
  if (Object.keys(content).length === 0)
    return (
      <p className="hint">
        {children.length > 0
          ? 'Nothing private was recorded of this step. What is inside may have more.'
          : 'Nothing private was recorded of this step: prompts, replies and sources are shown when the application asks with content: true.'}
      </p>
    );
  return (
    <div className="content">
      {input !== undefined && <Messages input={input} />}
      {query !== undefined && (
        <Part title="Query">
          <Text text={textAt(query, 'text') ?? (typeof query === 'string' ? query : pretty(query))} />
        </Part>
      )}
      {message !== undefined && (
        <Part title={textAt(message, 'role') === undefined ? 'Message' : 'Reply'}>
          <Message message={message} />
        </Part>
      )}
      {args !== undefined && (
        <Part title="Arguments">
          <Code text={typeof args === 'string' ? prettyText(args) : pretty(args)} />
        </Part>
      )}
      {result !== undefined && (
        <Part title="Result">
          <Code text={typeof result === 'string' ? prettyText(result) : pretty(result)} />
        </Part>
      )}
      {typeof text === 'string' && (
        <Part title={query === undefined ? 'Text' : 'Answer'}>
          <Text text={text} />
        </Part>
      )}
      {Array.isArray(nodes) && (
        <Part title="Found" count={nodes.length}>
          <Nodes nodes={nodes} marks={[]} />
        </Part>
      )}
      {Array.isArray(sources) && (
        <Part title="Sources" count={sources.length}>
          <Nodes nodes={sources} marks={Array.isArray(citations) ? citations : []} />
        </Part>
      )}
      {isReranked && Array.isArray(results) && Array.isArray(documents) && (
        <Part title="In their new order" count={results.length}>
          <Ranking documents={documents} results={results} />
        </Part>
      )}
      {isReranked && !Array.isArray(results) && <Texts title="Documents" texts={documents} />}
      {inputs !== undefined && <Texts title="Embedded" texts={inputs} />}
      {typeof description === 'string' && (
        <Part title="What the tool is said to do">
          <Text text={description} />
        </Part>
      )}
      {Array.isArray(tools) && (
        <Part title="Tools it may call" count={tools.length}>
          {tools.map((each, at) => (
            <div key={at} className="call">
              <span className="call-name">{textAt(each, 'name') ?? 'tool'}</span>
              <Text text={textAt(each, 'description') ?? ''} />
            </div>
          ))}
        </Part>
      )}
      {Object.entries(others).map(([name, value]) => (
        <Part key={name} title={name}>
          <Code text={typeof value === 'string' ? value : pretty(value)} />
        </Part>
      ))}
    </div>
  );
}

function Part({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <section className="part">
      <h4>
        {title}
        {count !== undefined && <span className="count"> {count}</span>}
      </h4>
      {children}
    </section>
  );
}

/** What a language model was given: a prompt, or messages. */
function Messages({ input }: { input: Plain }) {
  const prompt = textAt(input, 'prompt') ?? (typeof input === 'string' ? input : undefined);
  if (prompt !== undefined)
    return (
      <Part title="Prompt">
        <Text text={prompt} />
      </Part>
    );
  const messages = Array.isArray(input) ? input : (listAt(input, 'messages') ?? [input]);
  return (
    <Part title="Messages" count={messages.length}>
      {messages.map((message, at) => (
        <Message key={at} message={message} />
      ))}
    </Part>
  );
}

function Message({ message }: { message: Plain }) {
  const role = textAt(message, 'role');
  const content = isObject(message) && 'content' in message ? message['content'] : message;
  const blocks = Array.isArray(content) ? content : [content ?? null];
  return (
    <div className={`message role-${role ?? 'none'}`}>
      {role !== undefined && <h5>{role}</h5>}
      {blocks.map((block, at) => (
        <Block key={at} block={block} />
      ))}
    </div>
  );
}

function Block({ block }: { block: Plain }) {
  if (typeof block === 'string') return <Text text={block} />;
  const type = textAt(block, 'type');
  const text = textAt(block, 'text');
  if (type === 'tool-call') {
    const args = isObject(block) ? (block['arguments'] ?? block['input']) : undefined;
    return (
      <div className="call">
        <span className="call-name">{textAt(block, 'name') ?? textAt(block, 'toolName') ?? 'tool'}</span>
        <Code text={typeof args === 'string' ? prettyText(args) : pretty(args)} />
      </div>
    );
  }
  if (type === 'tool-result') {
    const content = isObject(block) ? block['content'] : undefined;
    const isError = isObject(block) && block['isError'] === true;
    return (
      <div className={`call ${isError ? 'failed' : ''}`}>
        <span className="call-name">
          {textAt(block, 'toolName') ?? 'tool'} {isError ? 'failed' : 'gave'}
        </span>
        {Array.isArray(content) ? (
          content.map((each, at) => <Block key={at} block={each} />)
        ) : (
          <Code text={typeof content === 'string' ? prettyText(content) : pretty(content)} />
        )}
      </div>
    );
  }
  if (text !== undefined)
    return type === 'text' || type === undefined ? (
      <Text text={text} />
    ) : (
      <Long title={type}>
        <Text text={text} />
      </Long>
    );
  return <Code text={pretty(block)} />;
}

/** Where the words of a source are cited. */
interface Quote {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

function quotesIn(node: Plain, citations: readonly Plain[]): Quote[] {
  const id = textAt(node, 'id');
  return citations.flatMap((citation) => {
    const [start, end] = [numberAt(citation, 'quoteStart'), numberAt(citation, 'quoteEnd')];
    const isHere = id !== undefined && textAt(citation, 'nodeId') === id;
    return isHere && start !== undefined && end !== undefined && end > start
      ? [{ number: numberAt(citation, 'number') ?? 0, start, end }]
      : [];
  });
}

/** Nodes with their scores, and what of them was cited. */
function Nodes({ nodes, marks }: { nodes: readonly Plain[]; marks: readonly Plain[] }) {
  const scores = nodes.map((each) => numberAt(each, 'score') ?? 0);
  const most = Math.max(...scores.map(Math.abs), 1e-9);
  return (
    <ol className="nodes">
      {nodes.map((each, at) => {
        const node = isObject(each) ? (each['node'] ?? each) : each;
        const metadata = isObject(node) ? node['metadata'] : undefined;
        const title = textAt(metadata, 'title') ?? textAt(metadata, 'path') ?? textAt(node, 'id') ?? '';
        const path = textAt(metadata, 'path') ?? textAt(node, 'id');
        const quotes = quotesIn(node ?? null, marks);
        return (
          <li key={at}>
            <div className="node-head">
              <span className="nth">{at + 1}</span>
              <span className="node-title">{title}</span>
              {quotes.length > 0 && <span className="badge cited">cited</span>}
              <span className="score">
                <span
                  className="score-bar"
                  style={{ width: `${(Math.abs(scores[at] ?? 0) / most) * 100}%` }}
                />
              </span>
              <span className="number">{(scores[at] ?? 0).toPrecision(3)}</span>
            </div>
            {path !== undefined && path !== title && <p className="path">{path}</p>}
            <Text text={textAt(node, 'text') ?? pretty(node)} quotes={quotes} />
          </li>
        );
      })}
    </ol>
  );
}

function Ranking({ documents, results }: { documents: readonly Plain[]; results: readonly Plain[] }) {
  const nodes = results.map((result): Plain => {
    const index = numberAt(result, 'index') ?? 0;
    return {
      score: numberAt(result, 'score') ?? 0,
      node: { id: `was ${index + 1}`, text: plainText(documents[index]) },
    };
  });
  return <Nodes nodes={nodes} marks={[]} />;
}

function plainText(value: Plain | undefined): string {
  return typeof value === 'string' ? value : pretty(value);
}

function Texts({ title, texts }: { title: string; texts: Plain }) {
  const list = Array.isArray(texts) ? texts : [texts];
  return (
    <Part title={title} count={list.length}>
      <ol className="nodes">
        {list.slice(0, 200).map((text, at) => (
          <li key={at}>{typeof text === 'string' ? <Text text={text} /> : <Code text={pretty(text)} />}</li>
        ))}
      </ol>
    </Part>
  );
}

/** Characters that are shown before somebody asks for the rest. */
const SHORT = 700;

/** A text as it is: no markup of its own means anything here. */
export function Text({ text, quotes = [] }: { text: string; quotes?: readonly Quote[] }) {
  const [isWhole, setWhole] = useState(false);
  const last = Math.max(...quotes.map(({ end }) => end), 0);
  const most = Math.max(SHORT, last + 100);
  const isShort = text.length <= most + 200;
  const shown = isShort || isWhole ? text : text.slice(0, most);
  return (
    <div className="text">
      {marked(shown, quotes)}
      {!isShort && (
        <>
          {isWhole ? ' ' : '… '}
          <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
          </button>
        </>
      )}
    </div>
  );
}

function marked(text: string, quotes: readonly Quote[]): ReactNode[] {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const { start, end, number } of [...quotes].toSorted((a, b) => a.start - b.start)) {
    if (end > text.length || end <= at) continue;
    const from = Math.max(start, at);
    pieces.push(
      text.slice(at, from),
      <mark key={from} title={`Cited as [${number}]`}>
        {text.slice(from, end)}
      </mark>,
    );
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces;
}

export function Code({ text }: { text: string }) {
  return (
    <pre className="code" tabIndex={0}>
      {text.length > 200_000 ? `${text.slice(0, 200_000)}…` : text}
    </pre>
  );
}

function Long({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Collapsible.Root className="long">
      <Collapsible.Trigger className="link">{title}</Collapsible.Trigger>
      <Collapsible.Panel>{children}</Collapsible.Panel>
    </Collapsible.Root>
  );
}
