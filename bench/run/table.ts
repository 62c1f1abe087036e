import { ratioOf, type Figure, type Row, type Work } from './work.ts';

const HEADS: Readonly<Record<Figure, string>> = { ms: 'ms', cpuMs: 'CPU ms', peakMB: 'peak MB', kB: 'KB' };

/** The figures of a work with their ratios to the first row, and what was promised: Markdown. */
export function table(work: Pick<Work, 'limits'>, rows: readonly Row[]): string {
  const figures = (Object.keys(HEADS) as Figure[]).filter((figure) =>
    rows.some((row) => row[figure] !== undefined),
  );
  const lines = [
    `| | ${figures.map((figure) => `${HEADS[figure]} | ratio`).join(' | ')} |`,
    `| --- |${' ---: | ---: |'.repeat(figures.length)}`,
    ...rows.map((row) => {
      const cells = figures.map((figure) => {
        const [value, base] = [row[figure], rows[0]?.[figure]];
        if (value === undefined) return ' | ';
        return `${shown(value)} | ${base === undefined || base === 0 ? '' : (value / base).toFixed(2)}`;
      });
      return `| ${row.name} | ${cells.join(' | ')} |`;
    }),
  ];
  const promises = (work.limits ?? []).flatMap((limit) => {
    const ratio = ratioOf(rows, limit);
    if (ratio === undefined) return [];
    const more = limit.plus === undefined ? '' : ` with ${limit.plus} ${HEADS[limit.by]} taken off`;
    return `- ${limit.of}, ${HEADS[limit.by]}${more}: ${limit.to === undefined ? `**${shown(ratio)}**` : `**${ratio.toFixed(2)}** of ${limit.to}`}; promised ${limit.atMost.toLocaleString('en')}: ${ratio <= limit.atMost ? 'kept' : 'not kept'}`;
  });
  return [...lines, ...(promises.length === 0 ? [] : ['', ...promises])].join('\n');
}

function shown(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
