import { join } from 'node:path';
import { build } from 'vite';
import { library } from '../../tsup.base.ts';

/** The page comes with the package: who installs it builds nothing. */
export default library(['src/index.ts', 'src/cli.ts'], 'node', [], [], async () => {
  await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
});
