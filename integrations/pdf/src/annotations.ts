/** What is used of an annotation as pdf.js gives it. */
export interface Annotation {
  readonly id?: string;
  readonly subtype?: string | null;
  readonly annotationFlags?: number;
  readonly contentsObj?: { readonly str?: string };
  readonly titleObj?: { readonly str?: string };
  /** The text that it lies on, such as a highlight's. */
  readonly overlaidText?: string;
  readonly hasAppearance?: boolean;
  /** The lines that it shows on the page. */
  readonly textContent?: readonly string[];
  readonly fieldType?: string | null;
  readonly fieldName?: string;
  /** A word or words; of choices and buttons, their exported names. */
  readonly fieldValue?: unknown;
  /** What the form calls the field before its reader. */
  readonly alternativeText?: string;
  readonly options?: readonly { readonly exportValue?: unknown; readonly displayValue?: unknown }[];
  readonly checkBox?: boolean;
  readonly radioButton?: boolean;
  readonly pushButton?: boolean;
  /** Its value is shown as dots. */
  readonly password?: boolean;
  /** Of a check box, when it is set; of a radio button, when it is the one chosen. */
  readonly exportValue?: unknown;
  readonly buttonValue?: unknown;
}

/** `Hidden`, and `NoView`. */
const HIDDEN = 0b10_0010;

/** Whether it may show text of which nothing is known but what it draws: a stamp, or a signature. */
export function drawsAlone(annotation: Annotation): boolean {
  const { subtype, fieldType, hasAppearance } = annotation;
  return hasAppearance === true && !isHidden(annotation) && (subtype === 'Stamp' || fieldType === 'Sig');
}

/**
 * The form's fields that have a value, a line each as `label: value`, in the order of the file. The label is what the form
 * calls the field before its reader, else its name. A box that is not set, a button and a password give nothing.
 */
export function fieldLines(annotations: readonly Annotation[]): string[] {
  const lines = annotations.flatMap((annotation) => {
    if (annotation.subtype !== 'Widget' || isHidden(annotation)) return [];
    const value = valueOf(annotation);
    if (value === '') return [];
    const label = trimmed(annotation.alternativeText) || trimmed(annotation.fieldName);
    return [label === '' ? value : `${label}: ${value}`];
  });
  // A field may stand on its page more than once.
  return [...new Set(lines)];
}

/** Links and fields have their own use for `contents`, which is not shown on the page. */
const WITHOUT_NOTES: ReadonlySet<unknown> = new Set(['Widget', 'Link']);

/**
 * What readers have written onto the page, a paragraph each, in the order of the file: the text of `FreeText` and of
 * stamps, as it stands; the words of notes and of remarks on what is marked, as `Note (author) on “marked text”: words`.
 */
export function noteLines(annotations: readonly Annotation[]): string[] {
  const seen = annotations.filter((one) => !WITHOUT_NOTES.has(one.subtype) && !isHidden(one));
  // The window of a note repeats it.
  const said = new Set(seen.filter(({ subtype }) => subtype !== 'Popup').map(contentsOf));
  return seen.flatMap((annotation) => {
    const [contents, shown] = [contentsOf(annotation), shownOf(annotation)];
    if (annotation.subtype === 'Popup' && said.has(contents)) return [];
    if (annotation.subtype === 'FreeText') return contents || shown || [];
    const note = contents === '' || contents === shown ? [] : [`${headOf(annotation)}: ${contents}`];
    return shown === '' ? note : [...note, shown];
  });
}

function contentsOf({ contentsObj }: Annotation): string {
  return trimmed(contentsObj?.str);
}

function headOf({ titleObj, overlaidText }: Annotation): string {
  const author = trimmed(titleObj?.str);
  const marked = trimmed(overlaidText).replace(/\s+/g, ' ');
  return `Note${author === '' ? '' : ` (${author})`}${marked === '' ? '' : ` on “${marked}”`}`;
}

function isHidden({ annotationFlags = 0 }: Annotation): boolean {
  return (annotationFlags & HIDDEN) !== 0;
}

function valueOf(field: Annotation): string {
  const { fieldType, fieldValue } = field;
  if (fieldType === 'Tx') return field.password === true ? '' : wordsOf(fieldValue) || shownOf(field);
  if (fieldType === 'Ch') return choicesOf(field) || shownOf(field);
  if (fieldType === 'Sig') return shownOf(field);
  if (fieldType !== 'Btn' || field.pushButton === true) return '';
  const own = wordsOf(field.checkBox === true ? field.exportValue : field.buttonValue);
  return own !== '' && own === wordsOf(fieldValue) && own !== 'Off' ? own : '';
}

function choicesOf({ fieldValue, options = [] }: Annotation): string {
  const chosen: unknown[] = Array.isArray(fieldValue) ? fieldValue : [fieldValue];
  // The first of two options with one name counts.
  const shown = new Map(
    options.toReversed().map(({ exportValue, displayValue }) => [exportValue, displayValue]),
  );
  return chosen
    .map((value) => wordsOf(shown.get(value) ?? value))
    .filter((words) => words !== '')
    .join(', ');
}

function shownOf({ textContent }: Annotation): string {
  return trimmed(textContent?.join('\n'));
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? trimmed(value) : typeof value === 'number' ? String(value) : '';
}

/** pdf.js leaves line ends as the file has them. */
function trimmed(text: string | undefined): string {
  return (text ?? '').replace(/\r\n?/g, '\n').trim();
}
