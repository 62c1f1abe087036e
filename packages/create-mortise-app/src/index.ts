export { completeOptions, type Plan, type Surroundings } from './complete.ts';
export { appFiles } from './files.ts';
export {
  folderProblem,
  packageNameOf,
  packageNameProblem,
  parseFlags,
  templateOf,
  TEMPLATES,
  type AppFlags,
  type AppOptions,
  type Template,
} from './options.ts';
export { PROVIDERS, type Provider } from './providers.ts';
export { VERSIONS } from './versions.ts';
export { writeFolder } from './write.ts';
