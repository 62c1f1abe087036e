/** The heading of a source, or its file. */
export function titleOf({ title, section, path }: Readonly<Record<string, unknown>> = {}): string {
  const names = [title, section].filter((each) => typeof each === 'string' && each !== '');
  return names.length > 0
    ? names.join(' › ').replaceAll(' > ', ' › ')
    : typeof path === 'string'
      ? path
      : 'Source';
}
