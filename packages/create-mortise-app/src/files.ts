import { readdirSync, readFileSync } from 'node:fs';
import { manifestOf } from './manifest.ts';
import type { AppOptions, Template } from './options.ts';
import { environmentFile, modelFile, modelsSection } from './providers.ts';

/** Beside `dist` in the package, and beside `src` in the repository. */
const FOLDER = new URL('../templates/', import.meta.url);

/** Every file of a new application, by its path from the application's folder. */
export function appFiles(options: AppOptions): Map<string, string> {
  const { template, providers } = options;
  const files = new Map<string, string>();
  for (const path of pathsOf(template)) files.set(path, filled(read(`${template}/${path}`), options));
  files.set('src/model.ts', modelFile(providers, template === 'rag'));
  files.set('AGENTS.md', filled(read('common/AGENTS.md'), options));
  files.set('tsconfig.json', read('common/tsconfig.json'));
  files.set('.env.example', environmentFile(providers));
  files.set('.gitignore', 'node_modules/\n.data/\n.env\n');
  files.set('package.json', `${JSON.stringify(manifestOf(options), undefined, 2)}\n`);
  return files;
}

function pathsOf(template: Template): string[] {
  return readdirSync(new URL(`${template}/`, FOLDER), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const folder = entry.parentPath.replaceAll('\\', '/').split(`/templates/${template}`).at(-1) ?? '';
      return `${folder}/${entry.name}`.replace(/^\/+/, '');
    })
    .toSorted();
}

const read = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8');

/** The words of a template that stand for what was chosen. */
function filled(text: string, { packageName, providers }: AppOptions): string {
  return text
    .replaceAll('APP_NAME', () => packageName)
    .replaceAll('APP_MODELS', () => modelsSection(providers));
}
