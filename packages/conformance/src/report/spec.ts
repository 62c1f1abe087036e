import type { ConformanceCase } from '../frame/case.ts';
import { contractTitle } from './markdown.ts';
import { rules } from './rules.ts';

/** What a page of a contract needs to know of a case. */
export type SpecCase = Pick<ConformanceCase<never>, 'id' | 'rule' | 'title' | 'requires'>;

/** A contract as its suite holds implementations to it: each rule with its cases. */
export function specMarkdown(contract: string, suite: readonly SpecCase[]): string {
  const byRule = [...Map.groupBy(suite, ({ rule }) => rule)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const sections = byRule.map(([rule, cases]) => {
    const lines = cases.map(({ id, title, requires }) => `- \`${id}\`: ${title}${needs(requires)}`);
    return `## ${rule}\n\n${rules[rule] ?? ''}\n\n${lines.join('\n')}\n`;
  });
  return `# ${contractTitle(contract)}\n\n${suite.length} cases of ${byRule.length} rules. What a case needs and an implementation does not declare is skipped, with the reason that it gives.\n\n${sections.join('\n')}`;
}

function needs(requires: readonly string[]): string {
  return requires.length === 0 ? '' : `. Needs ${requires.map((feature) => `\`${feature}\``).join(', ')}`;
}
