/** A page, in the words of PDF itself. */
export interface PageSource {
  /** Operators that draw it; the font is `/F1`, Helvetica. */
  readonly content?: string;
  /** Each annotation's dictionary, without its brackets. */
  readonly annotations?: readonly string[];
  /** Besides Helvetica: `/F2 4 0 R`. */
  readonly fonts?: string;
  /** Besides fonts: `/XObject << /A 4 0 R >>`. */
  readonly resources?: string;
  /** What else stands in its dictionary, such as `/CropBox [0 0 10 10]`. */
  readonly more?: string;
}

export interface FileOptions {
  title?: string;
  encrypted?: boolean;
  /** From 1: its dictionary cannot be read. */
  damagedPage?: number;
  /** Objects from number 4 on, before those of the pages, so that pages may name them. */
  objects?: readonly string[];
}

/** A PDF of these pages, each a list of lines; written by hand, so that what stands in it is known. */
export function makePdf(pages: readonly (readonly string[])[], options: FileOptions = {}): Uint8Array {
  return pdfOf(
    pages.map((lines) => ({
      content: lines.map((line, row) => textAt(72, 720 - 20 * row, line)).join('\n'),
    })),
    options,
  );
}

/** The operators that draw a text at a place. */
export function textAt(x: number, y: number, text: string, size = 12): string {
  return `BT /F1 ${size} Tf ${x} ${y} Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
}

/** A stream as an object has it. */
export function streamOf(dictionary: string, content: string): string {
  return `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`;
}

/** A PDF of pages that are given as they are drawn. */
export function pdfOf(pages: readonly PageSource[], options: FileOptions = {}): Uint8Array {
  const { title, encrypted = false, damagedPage, objects: own = [] } = options;
  const first = 4 + own.length;
  const kids = pages.map((_, at) => `${first + 3 * at} 0 R`).join(' ');
  const fields = pages.flatMap((page, at) => (page.annotations ?? []).map((_, nth) => [at, nth] as const));
  const annotationsFrom = first + 3 * pages.length;
  const numberOf = (at: number, nth: number): number =>
    annotationsFrom + fields.findIndex(([page, order]) => page === at && order === nth);
  const widgets = fields
    .filter(([at, nth]) => pages[at]?.annotations?.[nth]?.includes('/Widget') === true)
    .map(([at, nth]) => `${numberOf(at, nth)} 0 R`);
  const objects: string[] = [
    `<< /Type /Catalog /Pages 2 0 R${widgets.length > 0 ? ` /AcroForm << /Fields [${widgets.join(' ')}] >>` : ''} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...own,
  ];
  for (const [at, page] of pages.entries()) {
    const number = first + 3 * at;
    const contents = at + 1 === damagedPage ? '/Contents [999 0 R' : `/Contents ${number + 2} 0 R`;
    const annotations = (page.annotations ?? []).map((_, nth) => `${numberOf(at, nth)} 0 R`).join(' ');
    objects.push(
      // A branch of its own, so that a page can be found past a damaged one.
      `<< /Type /Pages /Parent 2 0 R /Kids [${number + 1} 0 R] /Count 1 >>`,
      `<< /Type /Page /Parent ${number} 0 R /MediaBox [0 0 612 792] /Annots [${annotations}] ${page.more ?? ''} ` +
        `/Resources << /Font << /F1 3 0 R ${page.fonts ?? ''} >> ${page.resources ?? ''} >> ${contents} >>`,
      streamOf('', page.content ?? ''),
    );
  }
  for (const page of pages)
    for (const annotation of page.annotations ?? []) objects.push(`<< /Type /Annot ${annotation} >>`);
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
  // One byte a character, so that places hold.
  return Uint8Array.from(file, (character) => character.charCodeAt(0));
}
