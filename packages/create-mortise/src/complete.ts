import {
  CAPABILITIES,
  nameProblem,
  packageNameProblem,
  optionsProblem,
  sdkOf,
  type Capability,
  type Flags,
  type ScaffoldOptions,
} from './options.ts';

/** Where the integration goes, and how its author is asked. */
export interface Surroundings {
  readonly target: ScaffoldOptions['target'];
  /** Names of integrations that exist. */
  readonly taken: readonly string[];
  /** Asks one question; absent where nobody answers. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** The newest version of a package. */
  readonly newest: (name: string) => Promise<string>;
}

/** The options from the command line and from questions about the rest. Throws a `TypeError` with one sentence for what cannot be. */
export async function completeOptions(
  flags: Flags,
  { target, taken, ask, newest }: Surroundings,
): Promise<ScaffoldOptions> {
  const asking = flags.yes ? undefined : ask;
  const name = await valid(flags.name, 'Name of the provider, such as acme: ', asking, (text) =>
    nameProblem(text, taken),
  );
  const capabilities = flags.capabilities.length > 0 ? flags.capabilities : await askCapabilities(asking);
  const packageName = flags.packageName ?? (target === 'workspace' ? `@mortise/${name}` : `mortise-${name}`);
  const { name: sdkName, range } = sdkOf(flags.sdk ?? '');
  const options: ScaffoldOptions = {
    name,
    packageName,
    capabilities,
    ...(flags.sdk === undefined
      ? {}
      : { sdk: { name: sdkName, range: range ?? `^${await newest(sdkName)}` } }),
    openAICompatible: flags.openAICompatible,
    target,
  };
  const problem =
    packageNameProblem(packageName) ??
    (flags.sdk === undefined ? undefined : packageNameProblem(sdkName)) ??
    optionsProblem(options);
  if (problem !== undefined) throw new TypeError(problem);
  return options;
}

async function valid(
  given: string | undefined,
  question: string,
  ask: Surroundings['ask'],
  problemOf: (text: string) => string | undefined,
): Promise<string> {
  let text = given;
  for (;;) {
    text ??= (await ask?.(question))?.trim() ?? '';
    const problem = problemOf(text);
    if (problem === undefined) return text;
    // What was said on the command line is refused; what was typed is asked for again.
    if (given !== undefined || ask === undefined) throw new TypeError(problem);
    text = (await ask(`${problem}\n${question}`)).trim();
  }
}

async function askCapabilities(ask: Surroundings['ask']): Promise<Capability[]> {
  const answer = await ask?.(`What it brings, of ${CAPABILITIES.join(', ')}: `);
  const words = new Set((answer ?? '').split(/[\s,]+/));
  return CAPABILITIES.filter((capability) => words.has(capability));
}
