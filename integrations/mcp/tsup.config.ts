import { library } from '../../tsup.base.ts';

export default library(['src/index.ts', 'src/cli.ts'], 'node', [], ['@mortise/energetic-ai', '@mortise/rag']);
