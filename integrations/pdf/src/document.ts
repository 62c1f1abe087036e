import { errorText } from '@mortise/core';
import { drawsAlone, fieldLines, noteLines, type Annotation } from './annotations.ts';
import { appearanceTexts, type OperatorList } from './appearances.ts';
import { layOut } from './layout.ts';
import type { Lack, Opened, PageText, Questions } from './messages.ts';
import type { TextItem, TextStyles } from './pieces.ts';
import { withRoot } from './repair.ts';
import { xfaFieldLines, type XfaNode } from './xfa.ts';

/** The part of pdf.js that is used. */
export interface PdfJs {
  getDocument(source: object): { readonly promise: Promise<Pdf>; destroy(): Promise<unknown> };
  readonly OPS: Readonly<Record<string, number>>;
}

interface Pdf {
  readonly numPages: number;
  getPage(page: number): Promise<Page>;
  getMetadata(): Promise<{ readonly info: object }>;
  readonly loadingTask: { destroy(): Promise<unknown> };
}

interface Page {
  getTextContent(): Promise<{ readonly items: readonly TextItem[]; readonly styles: TextStyles }>;
  getAnnotations(): Promise<readonly Annotation[]>;
  /** Of a form that a program makes anew: an `XfaNode`. */
  getXfa(): Promise<object | null>;
  getOperatorList(): Promise<OperatorList>;
  cleanup(): unknown;
}

/** Where pdf.js keeps the character maps and fonts that files may name without bringing them, as paths with `/` at their end. */
export interface PdfData {
  readonly cMapUrl: string;
  readonly standardFontDataUrl: string;
}

/** What pdf.js warns of, as it goes over what it cannot read. */
export interface Warnings {
  /** What has come since it was asked last. */
  take(): readonly string[];
}

/** A file that is open. One page is read at a time. */
export class PdfDocument {
  readonly #pdf: Pdf;
  readonly #warnings: Warnings;
  readonly #ops: PdfJs['OPS'];

  private constructor(pdf: Pdf, warnings: Warnings, ops: PdfJs['OPS']) {
    this.#pdf = pdf;
    this.#warnings = warnings;
    this.#ops = ops;
  }

  /** Takes the bytes over. */
  static async open(
    pdfjs: PdfJs,
    { bytes, password, isRootless }: Questions['open'],
    data: PdfData,
    warnings: Warnings,
  ): Promise<[PdfDocument, Opened]> {
    // Searched before pdf.js takes the bytes away.
    const hasEnd = new TextDecoder('latin1').decode(bytes.subarray(-1024)).includes('%%EOF');
    warnings.take();
    const task = pdfjs.getDocument({
      ...data,
      data: isRootless ? withRoot(bytes) : bytes,
      ...(password === undefined ? {} : { password }),
      cMapPacked: true,
      useSystemFonts: false,
      disableFontFace: true,
      // Of forms that are made anew by a program: what they show, and not their "Please wait".
      enableXfa: true,
      // Pictures are not decoded; a warning says that there are some.
      maxImageSize: 0,
      verbosity: 1,
    });
    const pdf = await task.promise.catch(async (error: unknown) => {
      await task.destroy();
      throw error;
    });
    const isSearched = warnings.take().some((warning) => warning.includes('Indexing all PDF objects'));
    const missing = isSearched && !hasEnd ? 'end' : isRootless ? 'root' : undefined;
    const about = { pages: pdf.numPages, ...(await infoOf(pdf)) };
    return [new PdfDocument(pdf, warnings, pdfjs.OPS), missing === undefined ? about : { ...about, missing }];
  }

  async read(number: number): Promise<PageText> {
    this.#warnings.take();
    const page = await this.#pdf.getPage(number);
    try {
      const { items, styles } = await page.getTextContent();
      const damages = this.#warnings.take().flatMap((warning) => DAMAGE.exec(warning)?.[0] ?? []);
      const annotations = await this.#annotationsOf(page).catch((error: unknown): Annotation[] => {
        damages.push(`its annotations: ${errorText(error)}`);
        return [];
      });
      const xfa = await page.getXfa();
      const parts = [
        layOut(items, styles),
        [...fieldLines(annotations), ...(xfa === null ? [] : xfaFieldLines(xfa as XfaNode))].join('\n'),
        noteLines(annotations).join('\n\n'),
      ].map(clean);
      const text = parts.filter((part) => part !== '').join('\n\n');
      return {
        text,
        ...(text === '' ? { lack: await this.#lackOf(page, items, annotations, xfa !== null) } : {}),
        ...(damages.length === 0 ? {} : { damage: damages.join('; ') }),
      };
    } finally {
      page.cleanup();
    }
  }

  async close(): Promise<void> {
    await this.#pdf.loadingTask.destroy();
  }

  async #annotationsOf(page: Page): Promise<readonly Annotation[]> {
    const annotations = await page.getAnnotations();
    if (!annotations.some(drawsAlone)) return annotations;
    const texts = appearanceTexts(await page.getOperatorList(), this.#ops);
    return annotations.map((annotation) => {
      const text = drawsAlone(annotation) ? texts.get(annotation.id ?? '') : undefined;
      return text === undefined ? annotation : { ...annotation, textContent: [text] };
    });
  }

  async #lackOf(
    page: Page,
    items: readonly TextItem[],
    annotations: readonly Annotation[],
    isXfa: boolean,
  ): Promise<Lack> {
    if (items.some(({ str = '' }) => str.trim() !== '')) return 'letters';
    this.#warnings.take();
    const { fnArray } = await page.getOperatorList();
    if (this.#warnings.take().some((warning) => warning.includes('Image exceeded'))) return 'pictures';
    if (isXfa || annotations.some(({ subtype }) => subtype === 'Widget')) return 'fields';
    const painting = new Set(PAINTING.flatMap((name) => this.#ops[name] ?? []));
    return fnArray.some((operator) => painting.has(operator)) ? 'drawing' : 'blank';
  }
}

/** Operators that leave something to be seen; a path is one with its stroke or fill. */
const PAINTING = ['constructPath', 'shadingFill', 'rawFillPath', 'showText', 'paintSolidColorImageMask'];

/** pdf.js keeps what it has read until there, and goes on. */
const DAMAGE = /getTextContent - ignoring (?:errors|XObject)[^]{0,300}/;

/**
 * Without control characters, which databases refuse, and halves of characters. Fonts that do not say what their letters
 * are give those, for a space among others.
 */
function clean(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .toWellFormed()
    .trim();
}

async function infoOf(pdf: Pdf): Promise<{ title?: string; author?: string }> {
  // A file whose metadata is broken is still worth reading.
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
  const { Title: title, Author: author }: { Title?: unknown; Author?: unknown } = info;
  return {
    ...(typeof title === 'string' && clean(title) !== '' ? { title: clean(title) } : {}),
    ...(typeof author === 'string' && clean(author) !== '' ? { author: clean(author) } : {}),
  };
}
