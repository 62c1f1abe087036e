import { constantCase, pascalCase } from './names.ts';
import { hasConnection, type Capability, type ScaffoldOptions } from './options.ts';

/** What a capability exports, after the provider's name. */
const EXPORTS: Readonly<
  Record<Capability, { readonly values: readonly string[]; readonly types: readonly string[] }>
> = {
  llm: { values: ['LLM'], types: ['LLMOptions', 'Model', 'ProviderOptions'] },
  embedding: {
    values: ['Embedding'],
    types: ['EmbeddingModel', 'EmbeddingOptions', 'EmbeddingProviderOptions'],
  },
  reranker: { values: ['Reranker'], types: ['RerankerOptions', 'RerankModel', 'RerankProviderOptions'] },
  retriever: { values: ['Retriever'], types: ['RetrieverOptions'] },
  parser: { values: ['Parser'], types: ['Verdict'] },
  'vector-store': { values: ['VectorStore'], types: [] },
  reader: { values: ['Reader'], types: ['ReaderOptions'] },
};

/** `src/index.ts`: the table of contents. */
export function indexOf({ name, capabilities }: ScaffoldOptions): string {
  const prefix = pascalCase(name);
  const lines = capabilities.map((capability) => {
    const { values, types } = EXPORTS[capability];
    const names = [...values.map((each) => prefix + each), ...types.map((each) => `type ${prefix}${each}`)];
    const line = `export { ${names.join(', ')} } from './${capability}.ts';`;
    return line.length <= 110
      ? line
      : `export {\n${names.map((each) => `  ${each},\n`).join('')}} from './${capability}.ts';`;
  });
  if (capabilities.some(hasConnection))
    lines.unshift(`export type { ${prefix}ConnectionOptions } from './client.ts';`);
  return `${lines.join('\n')}\n`;
}

/** One line of use for each, in the README. */
const USES: Readonly<Record<Capability, (prefix: string, name: string) => string>> = {
  llm: (prefix, name) =>
    `const llm = new ${prefix}LLM({ model: '${name}-1' });\nconsole.log((await llm.chat('Why are there tides?')).text);`,
  embedding: (prefix, name) =>
    `const embedding = new ${prefix}Embedding({ model: '${name}-embed-1' });\nconst vector = await embedding.embedQuery('tides');`,
  reranker: (prefix, name) =>
    `const reranker = new ${prefix}Reranker({ model: '${name}-rerank-1' });\nconst { results } = await reranker.rerank('tides', ['The moon pulls.', 'It rains.']);`,
  retriever: (prefix) =>
    `const retriever = new ${prefix}Retriever({ collection: 'notes' });\nconst nodes = await retriever.retrieve('tides');`,
  parser: (prefix) =>
    `const parser = new ${prefix}Parser();\nconst value = await parser.parse('VERDICT: it is the moon (95%)');`,
  'vector-store': (prefix) =>
    `const store = new ${prefix}VectorStore();\nconst found = await store.query({ topK: 3, embedding: new Float32Array([1, 0]) });`,
  reader: (prefix) =>
    `const reader = new ${prefix}Reader({ space: 'home' });\nfor await (const document of reader.read()) console.log(document.id);`,
};

/** The README, with what the author has left to do in it. */
export function readmeOf({
  name,
  packageName,
  capabilities,
  sdk,
  openAICompatible,
  target,
}: ScaffoldOptions): string {
  const prefix = pascalCase(name);
  const imports = capabilities.flatMap((capability) =>
    EXPORTS[capability].values.map((each) => prefix + each),
  );
  const connected = capabilities.some(hasConnection);
  const wire = openAICompatible
    ? ', over the wire of OpenAI'
    : sdk === undefined
      ? ''
      : `, on \`${sdk.name}\``;
  const check = target === 'workspace' ? 'pnpm check' : 'npm run check';
  const options = `## Options

| option                | default ${' '.repeat(24)} | meaning                                |
| --------------------- | --------------------------------- | -------------------------------------- |
| \`apiKey\`              | \`${constantCase(name)}_API_KEY\`, at the first call | the provider's key                     |
| \`baseURL\`             | the provider's                    | another address; the key may be missing |
| \`headers\`, \`fetch\`    | none                              | sent with, and carrying, every request |

`;
  return `# ${packageName}

${prefix} for Mortise${wire}: ${capabilities.join(', ')}.

\`\`\`sh
npm install @mortise/core ${packageName}
\`\`\`

\`\`\`ts
import { ${imports.join(', ')} } from '${packageName}';

${capabilities.map((capability) => USES[capability](prefix, name)).join('\n\n')}
\`\`\`

${connected ? options : ''}## To do

The template speaks an invented wire, and is green. Make it yours:

1. Write the provider's wire into the tests, where they say \`REPLACE\`: cases turn red.
2. Change what stands under each \`REPLACE\` in \`src\` until they are green again: \`${check}\`.
3. Put the names of the provider's models into the example above, and say in one sentence what this package brings: here, in
   the \`description\` of package.json${target === 'workspace' ? ' and in the changeset' : ''}.
4. Remove this section, and say below for whom this is the wrong package.
${target === 'workspace' ? '' : '\nAt length: `node_modules/@mortise/conformance/skills/write-an-integration/SKILL.md`.\n'}
## When not to use this

- With another provider: each has an integration of its own.
`;
}

/** The entry of the first release. */
export function changesetOf({ name, packageName, capabilities }: ScaffoldOptions): string {
  return `---
'${packageName}': minor
---

${pascalCase(name)}: ${capabilities.join(', ')}.
`;
}
