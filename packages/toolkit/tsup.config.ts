import { library, oneChunk } from '../../tsup.base.ts';

export default library(['src/index.ts', 'src/*/index.ts'], 'neutral', [oneChunk]);
