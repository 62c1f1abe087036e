/** Documents a second by a number of workers. */
export interface Point {
  readonly workers: number;
  readonly rate: number;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [560, 320, 64, 44, 24];

/** Points, and the line on which each worker would do as much as the first. */
export function plot(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return '';
  const most = Math.max(...points.map(({ workers }) => workers));
  const highest = Math.max(...points.map(({ rate }) => rate), (first.rate / first.workers) * most);
  const x = (workers: number): number => LEFT + ((WIDTH - LEFT - 24) * workers) / most;
  const y = (rate: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * rate) / highest;
  const path = points.map(({ workers, rate }) => `${round(x(workers))},${round(y(rate))}`).join(' ');
  const marks = points.map(
    ({ workers, rate }) =>
      `<circle cx="${round(x(workers))}" cy="${round(y(rate))}" r="4"/><text x="${round(x(workers))}" y="${round(y(rate) + 20)}" text-anchor="middle">${Math.round(rate)}</text><text x="${round(x(workers))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${workers}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Documents a second against workers">
<style>text{font:13px system-ui,sans-serif;fill:#57606a}.axis{stroke:#8c959f}.even{stroke:#8c959f;stroke-dasharray:4 4}.rate{stroke:#0969da;stroke-width:2;fill:none}circle{fill:#0969da}</style>
<line class="axis" x1="${LEFT}" y1="${HEIGHT - BOTTOM}" x2="${WIDTH - 12}" y2="${HEIGHT - BOTTOM}"/>
<line class="axis" x1="${LEFT}" y1="${TOP}" x2="${LEFT}" y2="${HEIGHT - BOTTOM}"/>
<line class="even" x1="${LEFT}" y1="${HEIGHT - BOTTOM}" x2="${round(x(most))}" y2="${round(y((first.rate / first.workers) * most))}"/>
<polyline class="rate" points="${path}"/>
${marks.join('\n')}
<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 8}" text-anchor="middle">workers</text>
<text x="16" y="${(HEIGHT - BOTTOM + TOP) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(HEIGHT - BOTTOM + TOP) / 2})">documents a second</text>
</svg>
`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
