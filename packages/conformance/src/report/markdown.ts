import { WIRE } from '../frame/conformance.ts';
import type { ConformanceReport, ImplementationReport } from './report.ts';
import { rules } from './rules.ts';

const NAMES: Readonly<Record<string, string>> = {
  llm: 'Language models',
  embedding: 'Embedding models',
  reranker: 'Rerankers',
  retriever: 'Retrievers',
  'key-value-store': 'Key-value stores',
  'document-store': 'Document stores',
  'vector-store': 'Vector stores',
  'output-parser': 'Output parsers',
  'rate-limiter': 'Rate limiters',
  similarity: 'Similarity',
  synthesizer: 'Synthesizers',
  'query-engine': 'Query engines',
  'chat-engine': 'Chat engines',
  postprocessor: 'Postprocessors',
  splitter: 'Splitters',
  reader: 'Readers',
  ingestion: 'Ingestion',
};

/** The report as tables: what each implementation declares, and what came of each rule. */
export function reportMarkdown({ implementations }: ConformanceReport, level = 2): string {
  const contracts = [...new Set(implementations.map(({ contract }) => contract))];
  return contracts
    .map((contract) =>
      section(
        contract,
        implementations.filter((each) => each.contract === contract),
        level,
      ),
    )
    .join('\n');
}

export function contractTitle(contract: string): string {
  return NAMES[contract] ?? contract;
}

function section(contract: string, all: readonly ImplementationReport[], level: number): string {
  const heading = '#'.repeat(level);
  const features = unique(
    all.flatMap(({ declared, reasons }) => [...declared, ...Object.keys(reasons)]),
  ).filter((feature) => !feature.startsWith(WIRE));
  const found = unique(all.flatMap(rulesOf));
  const names = all.map(({ name }) => name);
  const parts = [`${heading} ${contractTitle(contract)}\n`];
  if (features.length > 0) {
    const rows = features.map((feature) => [
      `\`${feature}\``,
      ...all.map((each) => declaredCell(each, feature)),
    ]);
    parts.push(table(['Declared', ...names], rows));
  }
  const rows = found.map((rule) => [
    `${rule}. ${rules[rule] ?? ''}`,
    ...all.map((each) => ruleCell(each, rule)),
  ]);
  parts.push(table(['Rule', ...names], rows));
  parts.push(...all.flatMap((each) => [...failures(each), ...gaps(each)]));
  return parts.join('\n');
}

function declaredCell({ declared, reasons }: ImplementationReport, feature: string): string {
  if (declared.includes(feature)) return 'yes';
  return reasons[feature] === undefined ? '' : 'no';
}

/** How many cases of the rule passed, of those that were tried. */
function ruleCell({ passed, failed, skipped }: ImplementationReport, rule: string): string {
  const good = passed[rule]?.length ?? 0;
  const bad = failed.filter((each) => each.rule === rule).length;
  const not = skipped.filter((each) => each.rule === rule).length;
  if (bad > 0) return `**${bad} of ${good + bad} failed**`;
  if (good === 0) return not > 0 ? 'skipped' : '';
  return not > 0 ? `${good} passed, ${not} skipped` : `${good} passed`;
}

function failures({ name, failed }: ImplementationReport): string[] {
  if (failed.length === 0) return [];
  const lines = failed.map(({ rule, title, id, why }) => `- ${rule}: ${title} (\`${id}\`): ${oneLine(why)}`);
  return [`${name} failed:\n\n${lines.join('\n')}\n`];
}

/** Reasons stand once, with the cases they stand for. */
function gaps({ name, skipped }: ImplementationReport): string[] {
  if (skipped.length === 0) return [];
  const reasons = Map.groupBy(skipped, ({ why }) => why);
  const lines = [...reasons].map(([why, cases]) => {
    const ids = cases.map(
      ({ id, works }) => `\`${id}\`${works === true ? ', which passes all the same' : ''}`,
    );
    const shown = ids.length > 4 ? `${ids.length} cases` : ids.join(', ');
    return `- ${oneLine(why).replaceAll(WIRE, 'wire ')} (${shown})`;
  });
  return [`Skipped for ${name}:\n\n${lines.join('\n')}\n`];
}

function rulesOf({ passed, failed, skipped }: ImplementationReport): string[] {
  return [...Object.keys(passed), ...[...failed, ...skipped].map(({ rule }) => rule)];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}
