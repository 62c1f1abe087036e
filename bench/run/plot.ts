import type { Figure, Row, Work } from './work.ts';

const [WIDTH, LEFT, BAR, GAP, TOP] = [720, 230, 20, 8, 44];

/** Bars of one figure, ours in another colour: an SVG that reads on light and on dark ground. */
export function plot({ title }: Pick<Work, 'title'>, rows: readonly Row[], by: Figure): string {
  const drawn = rows.flatMap((row) => (row[by] === undefined ? [] : [{ name: row.name, value: row[by] }]));
  const most = Math.max(...drawn.map(({ value }) => value));
  const height = TOP + drawn.length * (BAR + GAP) + 8;
  const bars = drawn.map(({ name, value }, at) => {
    const y = TOP + at * (BAR + GAP);
    const length = Math.max(1, ((WIDTH - LEFT - 90) * value) / most);
    const middle = y + BAR - 6;
    const kind = name.startsWith('Mortise') ? 'ours' : 'theirs';
    const figure = value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
    return `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escaped(name)}</text><rect class="${kind}" x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/><text x="${(LEFT + length + 6).toFixed(1)}" y="${middle}">${figure}</text>`;
  });
  const unit = {
    ms: 'milliseconds',
    cpuMs: 'milliseconds of CPU',
    peakMB: 'megabytes at the peak',
    kB: 'KB',
  }[by];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}, ${unit}">
<style>text{font:13px system-ui,sans-serif;fill:#333}.title{font-weight:600}.ours{fill:#b4541a}.theirs{fill:#9aa4ad}@media(prefers-color-scheme:dark){text{fill:#ddd}.ours{fill:#e8894a}.theirs{fill:#66717a}}</style>
<text class="title" x="8" y="18">${escaped(title)}</text><text x="8" y="34">${unit}, less is better</text>
${bars.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
