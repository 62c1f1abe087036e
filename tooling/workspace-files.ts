import { integrationFiles, type ScaffoldOptions } from 'create-mortise';
import { addresses, withLinks } from './repository.ts';

/** The files of a new integration of this repository, whose manifest says where its page and its sources are. */
export function workspaceFiles(options: ScaffoldOptions): Map<string, string> {
  const files = new Map(integrationFiles(options));
  const manifest = JSON.parse(files.get('package.json') ?? '') as { name: string };
  const linked = withLinks(manifest, `integrations/${options.name}`, addresses());
  return files.set('package.json', `${JSON.stringify(linked, undefined, 2)}\n`);
}
