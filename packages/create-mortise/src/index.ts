export { integrationFiles } from './files.ts';
export {
  CAPABILITIES,
  hasConnection,
  nameProblem,
  packageNameProblem,
  parseFlags,
  optionsProblem,
  sdkOf,
  type Capability,
  type Flags,
  type ScaffoldOptions,
} from './options.ts';
export { completeOptions, type Surroundings } from './complete.ts';
export { VERSIONS } from './versions.ts';
