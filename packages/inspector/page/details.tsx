import { Tabs } from '@base-ui/react/tabs';
import type { RecordedError } from '../src/format.ts';
import {
  firstTokenMs,
  spanEnd,
  statusOf,
  totalsOf,
  waitOf,
  type Run,
  type RunPoint,
  type RunSpan,
} from '../src/runs.ts';
import { stepsOf, type Step } from '../src/steps.ts';
import { Code, Content, Text } from './content.tsx';
import { remedyOf } from './remedies.ts';
import { clock, cost, count, duration, kindOf, labelOf, nameOf, pretty, shortOf } from './show.ts';
import { useNow } from './use-shown.ts';

/** Rows of the table of steps. */
const MAX_STEPS = 500;

/** Everything about one span. */
export function Details({
  run,
  span,
  onSelect,
}: {
  run: Run;
  span: RunSpan;
  onSelect: (span: RunSpan) => void;
}) {
  const status = statusOf(span);
  const now = useNow(status === 'running');
  const totals = totalsOf(span);
  const first = firstTokenMs(span) ?? totals.firstTokenMs;
  const facts: [string, string | undefined][] = [
    [
      'Began',
      span === run.root ? clock(span.startedAt) : `+${duration(span.startedAt - run.root.startedAt)}`,
    ],
    ['Took', status === 'running' ? 'running' : duration(spanEnd(span, now) - span.startedAt)],
    ['First token', first === undefined ? undefined : duration(first)],
    ['Tokens in', totals.inputTokens > 0 ? count(totals.inputTokens) : undefined],
    ['Tokens out', totals.outputTokens > 0 ? count(totals.outputTokens) : undefined],
    ['Cost', totals.cost === undefined ? undefined : cost(totals.cost)],
    ['Waited', totals.waitedMs > 0 ? duration(totals.waitedMs) : undefined],
    ['Retries', totals.retries > 0 ? count(totals.retries) : undefined],
  ];
  const steps = stepsOf(span);
  return (
    <section className="details" aria-label="Details" tabIndex={-1} id="details">
      <header>
        <h3>
          <span className={`dot kind-${kindOf(span.name)}`} aria-hidden="true" />
          {nameOf(span)} <span className="label">{labelOf(span)}</span>
        </h3>
        <dl className="facts">
          {facts.map(([name, value]) =>
            value === undefined ? null : (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
          )}
        </dl>
      </header>
      {span.error !== undefined && <Failure error={span.error} />}
      <Tabs.Root defaultValue={firstTab(span, steps)} className="tabs">
        <Tabs.List className="tab-list" aria-label="Parts of the details">
          <Tabs.Tab value="content">Content</Tabs.Tab>
          <Tabs.Tab value="steps">
            Steps{steps.length > 0 && <span className="count"> {steps.length}</span>}
          </Tabs.Tab>
          <Tabs.Tab value="points">
            Events{span.points.length > 0 && <span className="count"> {span.points.length}</span>}
          </Tabs.Tab>
          <Tabs.Tab value="attributes">Attributes</Tabs.Tab>
          <Tabs.Indicator className="tab-mark" />
        </Tabs.List>
        <Tabs.Panel value="content" className="panel">
          <Content span={span} />
        </Tabs.Panel>
        <Tabs.Panel value="steps" className="panel">
          <Steps steps={steps} onSelect={onSelect} />
        </Tabs.Panel>
        <Tabs.Panel value="points" className="panel">
          <Points points={span.points} startedAt={span.startedAt} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes" className="panel">
          <Attributes span={span} />
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}

/** The first that has something to say. */
function firstTab({ content, points }: RunSpan, steps: readonly Step[]): string {
  if (content !== undefined) return 'content';
  if (steps.length > 0) return 'steps';
  return points.some(({ name }) => name !== 'first-token') ? 'points' : 'attributes';
}

/** An error, what led to it, and what to do. */
function Failure({ error }: { error: RecordedError }) {
  const about = [
    ['status', error.status],
    ['provider', error.provider],
    ['server', error.server],
    ['model', error.model],
    ['request', error.requestId],
    ['at', error.path ?? error.position],
    ['retry after', error.retryAfterMs === undefined ? undefined : duration(error.retryAfterMs)],
  ].filter(([, value]) => value !== undefined);
  const causes: RecordedError[] = [];
  for (let cause = error.cause; cause !== undefined; cause = cause.cause) causes.push(cause);
  const remedy = remedyOf(error.code);
  return (
    <div className="failure" role="note" aria-label="Error">
      <p className="failure-head">
        <span className="badge bad">{error.code ?? error.name}</span>
        {about.map(([name, value]) => (
          <span key={name} className="about">
            {name} <b>{value}</b>
          </span>
        ))}
      </p>
      <p className="said">{error.message ?? 'Its words are private: they are shown with content: true.'}</p>
      {remedy !== undefined && (
        <p className="remedy">
          <b>What to do</b> {remedy}
        </p>
      )}
      {causes.length > 0 && (
        <ol className="causes" aria-label="Causes">
          {causes.map((cause, at) => (
            <li key={at}>
              <b>{cause.code ?? cause.name}</b> {cause.message ?? 'words not recorded'}
            </li>
          ))}
        </ol>
      )}
      {error.partial !== undefined && (
        <details>
          <summary>What had arrived before</summary>
          <Code text={pretty(error.partial)} />
        </details>
      )}
    </div>
  );
}

function Steps({ steps, onSelect }: { steps: readonly Step[]; onSelect: (span: RunSpan) => void }) {
  if (steps.length === 0) return <p className="hint">No step in here has told of tokens.</p>;
  const isPriced = steps.some((step) => step.cost !== undefined);
  const isStreamed = steps.some((step) => step.firstTokenMs !== undefined);
  return (
    <table className="steps">
      <thead>
        <tr>
          <th scope="col">Step</th>
          {isStreamed && <th scope="col">First token</th>}
          <th scope="col">Took</th>
          <th scope="col">In</th>
          <th scope="col">Out</th>
          {isPriced && <th scope="col">Cost</th>}
        </tr>
      </thead>
      <tbody>
        {steps.slice(0, MAX_STEPS).map((step) => (
          <tr key={step.span.key}>
            <th scope="row">
              <button type="button" className="link" onClick={() => onSelect(step.span)}>
                {nameOf(step.span)}
              </button>{' '}
              <span className="soft">{labelOf(step.span)}</span>
            </th>
            {isStreamed && <td>{step.firstTokenMs === undefined ? '' : duration(step.firstTokenMs)}</td>}
            <td>{step.span.durationMs === undefined ? '' : duration(step.span.durationMs)}</td>
            <td>{count(step.inputTokens)}</td>
            <td>{count(step.outputTokens)}</td>
            {isPriced && <td>{step.cost === undefined ? '' : cost(step.cost)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Points({ points, startedAt }: { points: readonly RunPoint[]; startedAt: number }) {
  if (points.length === 0) return <p className="hint">No retry, wait, cache hit or warning in this step.</p>;
  return (
    <ol className="points">
      {points.slice(0, 500).map(({ name, time, attributes }, at) => {
        const { waitedMs } = waitOf({ name, time, attributes });
        const { message, ...rest } = attributes;
        return (
          <li key={at}>
            <p>
              <span className={`badge ${name}`}>{name}</span>{' '}
              <span className="soft">+{duration(Math.max(time - startedAt, 0))}</span>
              {waitedMs > 0 && <span> waited {duration(waitedMs)}</span>}
            </p>
            {typeof message === 'string' && <Text text={message} />}
            <p className="soft facts-line">
              {Object.entries(rest).map(([key, value]) => (
                <span key={key}>
                  {key} <b>{shortOf(value)}</b>
                </span>
              ))}
            </p>
          </li>
        );
      })}
    </ol>
  );
}

function Attributes({ span }: { span: RunSpan }) {
  const rows = Object.entries(span.attributes);
  return (
    <>
      {rows.length === 0 && <p className="hint">This step has no attributes.</p>}
      <table className="attributes">
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{shortOf(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft id">span {span.spanId}</p>
    </>
  );
}
