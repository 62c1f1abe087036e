import { html, raw } from 'hono/html';
import type { Collection } from './collection.ts';
import { precisionCurve, queryDifferences, recallCurve, type Curve, type QueryDifference } from './curves.ts';
import { FUSION, type Evaluation } from './evaluate.ts';

type Html = ReturnType<typeof html>;

/** Documents that are counted in the curve of recall. */
const DEPTH = 100;
/** Documents that are shown of each ranking. */
const SHOWN = 10;
/** Queries that are shown with what was found: those that differ most. */
const MOST_QUERIES = 300;

/** The report as a page without a script, for a browser: curves, what differs by query, and what was found and missed. */
export async function pageReport(
  collection: Collection,
  { reports, comparisons }: Evaluation,
): Promise<string> {
  const { name, documents, judgements } = collection;
  const [words, , both] = reports;
  if (words === undefined || both === undefined) throw new Error('An evaluation has three reports.');
  const metric = 'ndcg@10';
  const differences = queryDifferences([words, both], collection, metric);
  const titles = new Map(documents.map(({ id, text }) => [id, titleOf(text)]));
  const names = [words.name, both.name] as const;
  const { weights } = FUSION;
  const shown = differences
    .filter(({ before, after, missed }) => before !== after || missed.length > 0)
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, MOST_QUERIES);
  const metrics = Object.keys(words.metrics);
  return String(
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'" />
          <meta name="color-scheme" content="light dark" />
          <title>Retrieval on ${name}</title>
          <style>
            ${raw(STYLE)}
          </style>
        </head>
        <body>
          <main>
            <h1>Retrieval on ${name}</h1>
            <p class="soft">
              ${documents.length} documents, ${words.queries.length} questions. Hybrid: ${weights.bm25} BM25 and
              ${weights.vector} vectors.
            </p>
<div class="wide" tabindex="0" role="region" aria-label="Figures">            <table>
              <thead>
                <tr>
                  <th scope="col">Retriever</th>
                  ${metrics.map((each) => html`<th scope="col">${each}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${reports.map(
                  (report) =>
                    html`<tr>
                      <th scope="row">${report.name}</th>
                      ${metrics.map((each) => html`<td>${(report.metrics[each] ?? 0).toFixed(3)}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table></div>
            ${comparisons.map(
              ({ metric: of, a, b, difference, pValue, interval, wins, losses, ties }) =>
                html`<p>
                  ${of}: ${b.name} less ${a.name} is <b>${signed(difference)}</b> (${signed(interval.low)} to
                  ${signed(interval.high)}, p = ${pValue.toPrecision(2)}): better in ${wins}, worse in ${losses}, the
                  same in ${ties}.
                </p>`,
            )}
            <div class="diagrams">
              ${diagram(
                'Recall of the first documents',
                reports.map((report) => recallCurve(report, judgements, DEPTH)),
                ['1', `${DEPTH} documents, by their logarithm`],
              )}
              ${diagram(
                'Precision by recall',
                reports.map((report) => precisionCurve(report, judgements)),
                ['recall 0', '1'],
              )}
            </div>
            <h2>By question</h2>
            <p class="soft">${metric} of ${names[1]} less that of ${names[0]}, the greatest gain first.</p>
            ${bars(differences, metric)}
            <h2>What was found and missed</h2>
            <p class="soft">
              ${shown.length} questions that differ, or of which a relevant document is among neither ${DEPTH}: those
              that differ most first.
            </p>
            ${shown.map((each) => details(each, names, titles))}
          </main>
        </body>
      </html>`,
  );
}

function details(
  difference: QueryDifference,
  names: readonly [string, string],
  titles: ReadonlyMap<string, string>,
): Html {
  const { id, query, before, after, relevant, found, missed } = difference;
  const entry = (document: string, at?: number): Html =>
    html`<li class="${relevant.has(document) ? 'relevant' : ''}">
      ${at === undefined ? '' : html`<span class="nth">${at + 1}</span>`}
      <span>${titles.get(document) ?? ''} <span class="soft">${document}</span></span>
      ${relevant.has(document) ? html`<b>relevant</b>` : ''}
    </li>`;
  return html`<details>
    <summary>
      <span class="change ${after < before ? 'worse' : ''}">${signed(after - before)}</span>
      <span>${query} <span class="soft">${id}</span></span>
      ${missed.length === 0 ? '' : html`<span class="badge">${missed.length} missed</span>`}
    </summary>
    <div class="rankings">
      ${names.map(
        (name, side) =>
          html`<section>
            <h3>${name} <span class="soft">${(side === 0 ? before : after).toFixed(3)}</span></h3>
            <ol>
              ${(found[side] ?? []).slice(0, SHOWN).map(entry)}
            </ol>
          </section>`,
      )}
    </div>
    ${
      missed.length === 0
        ? ''
        : html`<h3>In neither</h3>
          <ul>
            ${missed.map((document) => entry(document))}
          </ul>`
    }
  </details>`;
}

const [WIDTH, HEIGHT, EDGE] = [440, 260, 34];

/** Lines over 0 to 1, with their names at the end of each. */
function diagram(title: string, curves: readonly Curve[], [from, to]: readonly [string, string]): Html {
  const x = (part: number): string => (EDGE + part * (WIDTH - EDGE - 8)).toFixed(1);
  const y = (part: number): string => (HEIGHT - EDGE + 8 - part * (HEIGHT - EDGE)).toFixed(1);
  const said = curves.map(({ name, points }) => `${name} ends at ${(points.at(-1)?.[1] ?? 0).toFixed(3)}`);
  return html`<figure>
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT + 12}" role="img" aria-label="${title}: ${said.join(', ')}">
      ${[0, 0.25, 0.5, 0.75, 1].map(
        (level) =>
          html`<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(level)}" y2="${y(level)}" />
            <text x="${EDGE - 6}" y="${y(level)}" text-anchor="end" dominant-baseline="middle">${level}</text>`,
      )}
      <text x="${x(0)}" y="${HEIGHT + 8}">${from}</text>
      <text x="${x(1)}" y="${HEIGHT + 8}" text-anchor="end">${to}</text>
      ${curves.map(
        ({ points }, at) =>
          html`<polyline class="curve c${at}" points="${points.map(([a, b]) => `${x(a)},${y(b)}`).join(' ')}" />`,
      )}
    </svg>
    <ul class="legend">
      ${curves.map(({ name }, at) => html`<li><span class="key c${at}"></span>${name}</li>`)}
    </ul>
  </figure>`;
}

/** One bar a question, up for better and down for worse. */
function bars(differences: readonly QueryDifference[], metric: string): Html {
  const [width, half] = [900, 70];
  const step = width / Math.max(differences.length, 1);
  const better = differences.filter(({ before, after }) => after > before).length;
  const worse = differences.filter(({ before, after }) => after < before).length;
  return html`<svg
    class="bars"
    viewBox="0 0 ${width} ${half * 2 + 2}"
    role="img"
    aria-label="${metric} by question: better in ${better}, worse in ${worse}"
    preserveAspectRatio="none"
  >
    <line class="grid" x1="0" x2="${width}" y1="${half + 1}" y2="${half + 1}" />
    ${differences.map(({ id, before, after }, at) => {
      const height = Math.abs(after - before) * half;
      if (height === 0) return '';
      return html`<rect
        class="${after < before ? 'worse' : 'better'}"
        x="${(at * step).toFixed(2)}"
        y="${(after > before ? half + 1 - height : half + 1).toFixed(2)}"
        width="${Math.max(step * 0.8, 0.5).toFixed(2)}"
        height="${height.toFixed(2)}"
      >
        <title>${id}: ${signed(after - before)}</title>
      </rect>`;
    })}
  </svg>`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** The first line, or the beginning of it. */
function titleOf(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  return line.length > 110 ? `${line.slice(0, 110)}…` : line;
}

const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f7f8f9, #14171a); --raised: light-dark(#fff, #1b1f23);
  --line: light-dark(#dfe3e7, #2b3137); --text: light-dark(#1b2126, #e4e7ea); --soft: light-dark(#56616b, #a0abb5);
  --c0: light-dark(#8a5a00, #d79d55); --c1: light-dark(#5b8a3c, #86b765); --c2: light-dark(#1d5f8a, #84c1ea);
  --bad: light-dark(#a32b22, #f2a093); --good: light-dark(#2f7d4f, #78c596); --mark: light-dark(#fff3cf, #3d3416);
  font: 0.9375rem/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; font-variant-numeric: tabular-nums; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.375rem; } h2 { margin: 2rem 0 0; font-size: 1.125rem; } h3 { margin: 0.75rem 0 0.25rem; font-size: 0.875rem; }
p { margin: 0.4rem 0; } ol, ul { margin: 0; padding: 0; list-style: none; }
.soft { color: var(--soft); font-weight: 400; }
.wide { overflow-x: auto; } table { width: 100%; margin: 1rem 0; border-collapse: collapse; }
th, td { padding: 0.35rem 0.5rem; border-bottom: 1px solid var(--line); text-align: right; } th:first-child { text-align: left; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 500; }
.diagrams { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-top: 1.25rem; }
figure { margin: 0; padding: 0.9rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--raised); }
figcaption { font-weight: 600; } svg { display: block; width: 100%; } svg text { fill: var(--soft); font-size: 11px; }
.grid { stroke: var(--line); } .curve { fill: none; stroke-width: 2; }
.curve.c0 { stroke: var(--c0); stroke-dasharray: 6 3; } .curve.c1 { stroke: var(--c1); stroke-dasharray: 2 3; } .curve.c2 { stroke: var(--c2); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; color: var(--soft); font-size: 0.8125rem; }
.key { display: inline-block; width: 1.25rem; height: 0; margin-right: 0.4rem; vertical-align: middle; border-top: 2px solid; }
.key.c0 { border-color: var(--c0); border-top-style: dashed; } .key.c1 { border-color: var(--c1); border-top-style: dotted; } .key.c2 { border-color: var(--c2); }
.bars { height: 9rem; margin: 0.5rem 0; } .better { fill: var(--good); } .worse { fill: var(--bad); }
details { border-bottom: 1px solid var(--line); } summary { display: flex; gap: 0.75rem; align-items: baseline; padding: 0.5rem 0; cursor: pointer; }
summary > span:nth-child(2) { flex: 1; min-width: 0; } :focus-visible { outline: 2px solid var(--c2); outline-offset: 2px; }
.change { width: 4rem; color: var(--good); font-weight: 600; } .change.worse { color: var(--bad); }
.badge { color: var(--bad); font-size: 0.8125rem; } .rankings { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 1.5rem; }
details > ul { padding-bottom: 0.75rem; } li { display: flex; gap: 0.5rem; padding: 0.15rem 0.35rem; border-radius: 0.25rem; overflow-wrap: anywhere; }
li > span:not(.nth):not(.key) { flex: 1; min-width: 0; } li.relevant { background: var(--mark); } li b { font-size: 0.8125rem; } .nth { width: 1.5rem; color: var(--soft); }
.legend li { padding: 0; align-items: center; }
`;
