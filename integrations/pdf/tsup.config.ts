import { library } from '../../tsup.base.ts';

// The thread that reads pages is a file of its own, beside the other.
export default library(['src/index.ts', 'src/pdf-worker.ts']);
