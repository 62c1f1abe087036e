import type { ConformanceResults } from '../frame/case.ts';

/** The results in the XML that CI systems read (testsuites, testsuite, testcase), one suite for each implementation. */
export function reportJUnit(results: readonly ConformanceResults[]): string {
  const suites = results.map(({ contract, name, cases }) => {
    const tests = cases.map(({ rule, id, title, status, durationMs = 0, error, reason }) => {
      const open = `    <testcase classname="${xml(`${contract}.${name}`)}" name="${xml(`${rule}: ${title} (${id})`)}" time="${durationMs / 1000}"`;
      if (status === 'passed') return `${open}/>`;
      const what =
        status === 'skipped'
          ? `<skipped message="${xml(reason ?? '')}"/>`
          : `<failure message="${xml(firstLine(error ?? 'It was not run.'))}">${xml(error ?? '')}</failure>`;
      return `${open}>\n      ${what}\n    </testcase>`;
    });
    const count = (...of: readonly string[]): number =>
      cases.filter(({ status }) => of.includes(status)).length;
    const counts = `tests="${cases.length}" failures="${count('failed', 'not-run')}" skipped="${count('skipped')}"`;
    return `  <testsuite name="${xml(`${name} (${contract})`)}" ${counts}>\n${tests.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Also without what XML 1.0 cannot hold: control characters, and halves of a pair. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
