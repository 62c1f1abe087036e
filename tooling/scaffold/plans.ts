import { CAPABILITIES, hasConnection, type Capability, type Plan } from 'create-mortise';

/** Ways to reach a provider. */
const WAYS = ['own', 'sdk', 'openai'] as const;
type Way = (typeof WAYS)[number];

/** A package with types that is installed anyway. */
const SDK = { name: 'openai', range: '^7.57.0' };

/** What a plan decides, as pairs of a factor and its value. */
type Choice = Readonly<Record<Capability, boolean>> & { readonly way: Way };

/** Each capability alone, each way alone, and combinations in which every two choices meet that can. */
export function scaffoldPlans(target: Plan['target']): Plan[] {
  const alone = CAPABILITIES.map((capability) => [capability]);
  const plans = [
    ...alone.map((capabilities) => planOf(capabilities, 'own')),
    planOf(['llm'], 'sdk'),
    planOf(['llm'], 'openai'),
    planOf(['embedding'], 'openai'),
    ...pairwise().map((choice) => planOf(chosen(choice), choice.way)),
  ];
  return plans.map((plan, at) => {
    // The second name has a hyphen, which identifiers and members of objects do not like.
    const name = at % 2 === 0 ? `trial${at}` : `trial-no${at}`;
    const packageName = target === 'workspace' ? `@mortise/${name}` : `mortise-${name}`;
    return { ...plan, name, packageName, target };
  });
}

function planOf(
  capabilities: readonly Capability[],
  way: Way,
): Omit<Plan, 'name' | 'packageName' | 'target'> {
  return { capabilities, openAICompatible: way === 'openai', ...(way === 'sdk' ? { sdk: SDK } : {}) };
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
  return WAYS.flatMap((way) =>
    Array.from({ length: 2 ** CAPABILITIES.length }, (_, bits) => ({
      ...(Object.fromEntries(
        CAPABILITIES.map((capability, at) => [capability, ((bits >> at) & 1) === 1]),
      ) as Record<Capability, boolean>),
      way,
    })),
  );
}

function isPossible(choice: Choice): boolean {
  const capabilities = chosen(choice);
  if (choice.way === 'openai') return choice.llm || choice.embedding;
  if (choice.way === 'sdk') return capabilities.some(hasConnection);
  return capabilities.length > 0;
}
