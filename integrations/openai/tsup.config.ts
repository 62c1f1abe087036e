import { apart, library } from '../../tsup.base.ts';

export default library(['src/index.ts', 'src/conformance/index.ts', 'src/presets/index.ts'], 'node', [apart]);
