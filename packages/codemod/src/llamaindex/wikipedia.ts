import type { CallExpression } from 'ts-morph';
import type { Rewriting } from '../engine/contract.ts';

/** `wiki()` of `@llamaindex/tools`: Mortise has no tool for Wikipedia, so it is written into the file, with the same name and parameters. */
export function wikipediaText(node: CallExpression, file: Rewriting): string {
  if (node.getArguments().length > 0) return file.cannot(node, 'The options of wiki() have no counterpart.');
  const tool = file.use('tool', '@mortise/toolkit');
  const jsonSchema = file.use('jsonSchema', '@mortise/toolkit');
  const schema = `${jsonSchema}${file.typed ? '<{ query: string; lang?: string }>' : ''}`;
  const pages = file.typed ? ' as { query?: { pages?: { extract?: string }[] } }' : '';
  const json = file.typed ? `((await response.json())${pages})` : '(await response.json())';
  file.declare(
    `
const wikipedia = ${tool}({
  name: 'wikipedia_tool',
  description: 'A tool that uses a query engine to search Wikipedia.',
  parameters: ${schema}({
    type: 'object',
    properties: {
      query: { type: 'string', description: 'The query to search for' },
      lang: { type: 'string', description: 'The language to search in' },
    },
    required: ['query'],
  }),
  execute: async ({ query, lang = 'en' }, { signal }) => {
    const asked = { action: 'query', prop: 'extracts', explaintext: '1', redirects: '1', format: 'json', formatversion: '2', titles: query };
    const response = await fetch(\`https://\${encodeURIComponent(lang)}.wikipedia.org/w/api.php?\${new URLSearchParams(asked)}\`, { signal });
    return ${json}.query?.pages?.[0]?.extract ?? 'Nothing was found.';
  },
});`.trim(),
  );
  file.note(node, 'Mortise has no package with a tool for Wikipedia: one is written into the file.');
  return 'wikipedia';
}
