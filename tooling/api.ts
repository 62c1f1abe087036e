/**
 * Writes the API reports, `api/NAME.d.ts`. `--released` writes them as what is released now, which later versions are
 * held against; `pnpm run version` does that for the packages whose version it raised.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiOf, publicProgram } from './api/declarations.ts';
import { apiOfReport, readReport, reportOf, reportPath } from './api/report.ts';
import { publishedPackages, root } from './workspace.ts';

const released = process.argv.includes('--released');
const packages = publishedPackages();
const program = publicProgram(packages);
for (const pkg of packages) {
  const { name, version } = pkg.manifest;
  const api = apiOf(pkg, program);
  write(reportPath(name, false), reportOf(api, false));
  const last = readReport(name, true);
  if (released && (last === undefined || apiOfReport(last).version !== version))
    write(reportPath(name, true), reportOf(api, true));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
