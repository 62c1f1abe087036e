/** A PDF of these pages, each a list of lines; written by hand, so that what stands in it is known. */
export function makePdf(
  pages: readonly (readonly string[])[],
  options: { title?: string; encrypted?: boolean; damagedPage?: number } = {},
): Uint8Array {
  const { title, encrypted = false, damagedPage } = options;
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((_, at) => `${4 + 3 * at} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  for (const [at, lines] of pages.entries()) {
    const content = lines
      .map((line, row) => `BT /F1 12 Tf 72 ${720 - 20 * row} Td (${line.replace(/[()\\]/g, '\\$&')}) Tj ET`)
      .join('\n');
    const resources = at + 1 === damagedPage ? '/Contents [99 0 R' : `/Contents ${6 + 3 * at} 0 R`;
    objects.push(
      // A branch of its own, so that a page can be found past a damaged one.
      `<< /Type /Pages /Parent 2 0 R /Kids [${5 + 3 * at} 0 R] /Count 1 >>`,
      `<< /Type /Page /Parent ${4 + 3 * at} 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> ${resources} >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  const info = title === undefined ? '' : ` /Info ${objects.push(`<< /Title (${title}) >>`)} 0 R`;
  const zeros = '00'.repeat(32);
  const encrypt = encrypted
    ? ` /Encrypt << /Filter /Standard /V 1 /R 2 /O <${zeros}> /U <${zeros}> /P -1 >> /ID [<00> <00>]`
    : '';
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R${info}${encrypt} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}
