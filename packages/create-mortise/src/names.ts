/** `acme-cloud` as `AcmeCloud`. */
export function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `acme-cloud` as `ACME_CLOUD`. */
export function constantCase(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
