import {
  completeOptions,
  folderProblem,
  packageNameOf,
  packageNameProblem,
  parseFlags,
  TEMPLATES,
} from 'create-mortise-app';
import { describe, expect, it } from 'vitest';

const nobody = { cwd: '/home/me' };

it('reads every flag', () => {
  const args = ['my app', '--template', 'rag', '--provider', 'mistral,openai', '--package', '@me/app', '-y'];
  expect(parseFlags(args)).toEqual({
    folder: 'my app',
    template: 'rag',
    providers: ['openai', 'mistral'],
    packageName: '@me/app',
    yes: true,
    help: false,
  });
});

it.each([
  ['an unknown flag', ['a', '--templat', 'rag'], 'templat'],
  ['two folders', ['my', 'app'], 'One folder'],
  ['an unknown template', ['a', '-t', 'chatbot'], 'chat, rag, extraction, agent'],
  ['an unknown provider', ['a', '--provider', 'openai,acme'], '"acme"'],
  ['no provider', ['a', '--provider', ''], 'no provider'],
  ['a template of every object', ['a', '-t', 'constructor'], 'no template'],
  ['a provider of every object', ['a', '--provider', 'constructor'], 'no provider'],
])('refuses %s', (_, args, why) => {
  expect(() => parseFlags(args)).toThrow(why);
});

it('makes a name for npm from the name of any folder', () => {
  expect(packageNameOf('/home/me/My App')).toBe('my-app');
  expect(packageNameOf('/home/me/Ürsula_2')).toBe('u-rsula-2');
  expect(packageNameOf('/')).toBe('');
  expect(packageNameOf(`/${'a'.repeat(300)}`)).toHaveLength(100);
});

it.each(['', 'My-App', '../app', 'a b', '.app', '_app', 'node_modules', '@me', '@me/', 'a'.repeat(215)])(
  'refuses the package name "%s"',
  (name) => {
    expect(packageNameProblem(name)).toContain('is not a package name');
  },
);

it.each(['', '  ', 'a\u0000b', 'a\nb', 'a\u001b[2Jb'])('refuses the folder %j', (folder) => {
  expect(folderProblem(folder)).toEqual(expect.any(String));
});

describe('completing the options', () => {
  const complete = (args: string[], ask?: (question: string) => Promise<string>) =>
    completeOptions(parseFlags(args), { ...nobody, ask });

  it('takes folders from where it runs, elsewhere and above', async () => {
    expect(await complete(['a b', '-t', 'rag'])).toMatchObject({
      folder: '/home/me/a b',
      packageName: 'a-b',
    });
    expect(await complete(['../x', '-t', 'rag'])).toMatchObject({ folder: '/home/x', packageName: 'x' });
    expect(await complete(['.', '-t', 'rag'])).toMatchObject({ folder: '/home/me', packageName: 'me' });
    expect(await complete(['/srv/x', '-t', 'rag'])).toMatchObject({ folder: '/srv/x' });
  });

  it.each([
    ['no folder', ['-t', 'rag'], 'which folder'],
    ['no template', ['app'], '--template'],
    ['a folder of which no name can be made', ['日本', '-t', 'rag'], '--package'],
    ['the root of the disk', ['/', '-t', 'rag'], '--package'],
    ['a name that npm refuses', ['app', '-t', 'rag', '--package', 'My App'], 'not a package name'],
    ['a folder of npm', ['node_modules', '-t', 'rag'], 'not a package name'],
  ])('refuses %s where nobody answers', async (_, args, why) => {
    await expect(complete(args)).rejects.toThrow(why);
  });

  it('asks for what is missing, and not with --yes', async () => {
    const asked: string[] = [];
    const answers = [' my app ', 'agent'];
    const ask = async (question: string) => {
      asked.push(question);
      return answers.shift() ?? '';
    };
    expect(await complete([], ask)).toMatchObject({ folder: '/home/me/my app', template: 'agent' });
    expect(asked).toHaveLength(2);
    for (const template of TEMPLATES) expect(asked[1]).toContain(template);
    await expect(complete(['--yes'], ask)).rejects.toThrow('which folder');
    expect(asked).toHaveLength(2);
  });
});
