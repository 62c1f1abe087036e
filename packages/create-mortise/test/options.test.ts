import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  completeOptions,
  nameProblem,
  packageNameProblem,
  parseFlags,
  sdkOf,
  type Surroundings,
} from 'create-mortise';

const nobody: Surroundings = {
  target: 'standalone',
  taken: ['acme'],
  newest: async (name) => (name === 'known' ? '2.3.4' : Promise.reject(new TypeError(`No ${name}.`))),
};

it('reads every flag', () => {
  const all = CAPABILITIES.map((capability) => `--${capability}`);
  expect(
    parseFlags(['nova', ...all, '--sdk', 'known', '--openai-compatible', '--package', '@nova/m', '-y']),
  ).toEqual({
    name: 'nova',
    packageName: '@nova/m',
    capabilities: CAPABILITIES,
    sdk: 'known',
    openAICompatible: true,
    yes: true,
    help: false,
  });
});

it.each([
  ['an unknown flag', ['nova', '--llms'], 'llms'],
  ['two names', ['nova', 'star'], 'One name'],
])('refuses %s', (_, args, why) => {
  expect(() => parseFlags(args)).toThrow(why);
});

it.each([
  '',
  'Acme',
  'acme_1',
  '1acme',
  'acme-',
  '../acme',
  'a'.repeat(41),
  'core',
  'create-mortise',
  'constructor',
])('refuses the name "%s"', (name) => {
  expect(nameProblem(name)).toEqual(expect.any(String));
});

it('refuses a name that is taken, and takes others', () => {
  expect(nameProblem('acme', ['acme'])).toContain('taken');
  expect(nameProblem('acme-cloud', ['acme'])).toBeUndefined();
  expect(packageNameProblem('@acme/mortise')).toBeUndefined();
  expect(packageNameProblem('Acme Mortise')).toContain('not a package name');
});

it('takes an SDK with its range, or a caret of what is newest', async () => {
  expect(sdkOf('@acme/sdk@~1.2.0')).toEqual({ name: '@acme/sdk', range: '~1.2.0' });
  expect(sdkOf('acme@1.2.0')).toEqual({ name: 'acme', range: '^1.2.0' });
  const flags = parseFlags(['nova', '--llm', '--sdk', 'known', '--yes']);
  expect((await completeOptions(flags, nobody)).sdk).toEqual({ name: 'known', range: '^2.3.4' });
});

describe('completing the options', () => {
  const complete = (args: string[], surroundings: Partial<Surroundings> = {}) =>
    completeOptions(parseFlags(args), { ...nobody, ...surroundings });

  it('names the package by where it goes', async () => {
    expect(await complete(['nova', '--llm'])).toMatchObject({ packageName: 'mortise-nova' });
    expect(await complete(['nova', '--llm'], { target: 'workspace' })).toMatchObject({
      packageName: '@mortise/nova',
    });
  });

  it.each([
    ['no name', ['--llm'], 'not a name'],
    ['a name that is taken', ['acme', '--llm'], 'taken'],
    ['no capability', ['nova'], 'Say what the integration brings'],
    ['an SDK beside a wire', ['nova', '--llm', '--sdk', 'known', '--openai-compatible'], 'Either'],
    ['a wire for what has none', ['nova', '--parser', '--openai-compatible'], 'is for --llm'],
    ['an SDK for what has none', ['nova', '--parser', '--sdk', 'known'], '--sdk is for'],
    ['an SDK that is no package', ['nova', '--llm', '--sdk', 'No Package@^1.0.0'], 'not a package name'],
    ['an SDK that nobody knows', ['nova', '--llm', '--sdk', 'unknown'], 'No unknown'],
  ])('refuses %s', async (_, args, why) => {
    await expect(complete(args)).rejects.toThrow(why);
  });

  it('asks for what is missing, again where the answer is none, and not with --yes', async () => {
    const asked: string[] = [];
    const answers = ['Nova', 'acme', 'nova', 'llm, reader'];
    const ask = async (question: string) => {
      asked.push(question);
      return answers.shift() ?? '';
    };
    expect(await complete([], { ask })).toMatchObject({ name: 'nova', capabilities: ['llm', 'reader'] });
    expect(asked).toHaveLength(4);
    expect(asked[2]).toContain('taken');
    await expect(complete(['--yes'], { ask })).rejects.toThrow('not a name');
    expect(asked).toHaveLength(4);
  });
});
