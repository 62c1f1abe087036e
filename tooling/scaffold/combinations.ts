import { CAPABILITIES, hasConnection, type Capability, type ScaffoldOptions } from 'create-mortise';

/** How the integration reaches its provider. */
const CONNECTIONS = ['own', 'sdk', 'openai'] as const;
type Connection = (typeof CONNECTIONS)[number];

/** A package with types that is installed anyway. */
const SDK = { name: 'openai', range: '^7.57.0' };

/** What the options decide, as pairs of a factor and its value. */
type Choice = Readonly<Record<Capability, boolean>> & { readonly connection: Connection };

/** Each capability alone, each connection alone, and combinations in which every two choices meet that can. */
export function scaffoldCombinations(target: ScaffoldOptions['target']): ScaffoldOptions[] {
  const alone = CAPABILITIES.map((capability) => [capability]);
  const all = [
    ...alone.map((capabilities) => optionsOf(capabilities, 'own')),
    optionsOf(['llm'], 'sdk'),
    optionsOf(['llm'], 'openai'),
    optionsOf(['embedding'], 'openai'),
    ...pairwise().map((choice) => optionsOf(chosen(choice), choice.connection)),
  ];
  return all.map((options, at) => {
    // The second name has a hyphen, which identifiers and members of objects do not like.
    const name = at % 2 === 0 ? `trial${at}` : `trial-no${at}`;
    const packageName = target === 'workspace' ? `@mortise/${name}` : `mortise-${name}`;
    return { ...options, name, packageName, target };
  });
}

function optionsOf(
  capabilities: readonly Capability[],
  connection: Connection,
): Omit<ScaffoldOptions, 'name' | 'packageName' | 'target'> {
  return {
    capabilities,
    openAICompatible: connection === 'openai',
    ...(connection === 'sdk' ? { sdk: SDK } : {}),
  };
}

const chosen = (choice: Choice): Capability[] => CAPABILITIES.filter((capability) => choice[capability]);

/** Greedy: of all combinations the one with the most pairs that have not met, until all have that can. */
export function pairwise(): Choice[] {
  const all = combinations().filter(isPossible);
  const open = new Set(all.flatMap(pairsOf));
  const picked: Choice[] = [];
  while (open.size > 0) {
    const fresh = (choice: Choice): number => pairsOf(choice).filter((pair) => open.has(pair)).length;
    const best = all.reduce((a, b) => (fresh(b) > fresh(a) ? b : a));
    for (const pair of pairsOf(best)) open.delete(pair);
    picked.push(best);
  }
  return picked;
}

export function pairsOf(choice: Choice): string[] {
  const values = Object.entries(choice).map(([factor, value]) => `${factor}=${value}`);
  return values.flatMap((a, at) => values.slice(at + 1).map((b) => `${a} ${b}`));
}

function combinations(): Choice[] {
  return CONNECTIONS.flatMap((connection) =>
    Array.from({ length: 2 ** CAPABILITIES.length }, (_, bits) => ({
      ...(Object.fromEntries(
        CAPABILITIES.map((capability, at) => [capability, ((bits >> at) & 1) === 1]),
      ) as Record<Capability, boolean>),
      connection,
    })),
  );
}

function isPossible(choice: Choice): boolean {
  const capabilities = chosen(choice);
  if (choice.connection === 'openai') return choice.llm || choice.embedding;
  if (choice.connection === 'sdk') return capabilities.some(hasConnection);
  return capabilities.length > 0;
}
