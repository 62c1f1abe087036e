export { integrationFiles } from './files.ts';
export {
  CAPABILITIES,
  hasConnection,
  nameProblem,
  packageNameProblem,
  parseFlags,
  planProblem,
  sdkOf,
  type Capability,
  type Flags,
  type Plan,
} from './plan.ts';
export { completePlan, type Surroundings } from './complete.ts';
export { VERSIONS } from './versions.ts';
