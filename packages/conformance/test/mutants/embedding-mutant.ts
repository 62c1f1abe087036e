import type { EmbeddingTarget, SentInput } from '@mortise/conformance';
import type {
  EmbeddedText,
  EmbeddingInput,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedReply,
  EmbedRequest,
  IndexedRow,
} from '@mortise/core/embedding';
import { ReferenceEmbedding, type Raw } from '../reference/vectors.ts';

export interface EmbeddingMutant {
  readonly fault: string;
  readonly caughtBy: string;
  /** Of a model that runs in this process, without a server. */
  readonly declares?: EmbeddingMetadata;
  create(target: EmbeddingTarget): EmbeddingModel;
}

export function mutant(
  fault: string,
  caughtBy: string,
  Adapter: new (target: EmbeddingTarget) => EmbeddingModel,
): EmbeddingMutant {
  return { fault, caughtBy, create: (target) => new Adapter(target) };
}

/** A list's call, tampered with. */
export const many = (
  change: (
    embedTexts: (texts: readonly EmbeddingInput[], options: EmbedManyOptions) => Promise<EmbeddingResult>,
    texts: readonly EmbeddingInput[],
    options: EmbedManyOptions,
  ) => Promise<EmbeddingResult>,
) =>
  class extends ReferenceEmbedding {
    override embedTexts(
      texts: readonly EmbeddingInput[],
      options: EmbedManyOptions = {},
    ): Promise<EmbeddingResult> {
      return change((list, own) => super.embedTexts(list, own), texts, options);
    }
  };

export const streaming = (
  change: (
    open: (
      texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
      options: EmbedManyOptions,
    ) => AsyncIterable<EmbeddedText>,
    texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
    options: EmbedManyOptions,
  ) => AsyncIterable<EmbeddedText>,
) =>
  class extends ReferenceEmbedding {
    override embedStream(
      texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
      options: EmbedManyOptions = {},
    ): AsyncIterable<EmbeddedText> {
      return change((source, own) => super.embedStream(source, own), texts, options);
    }
  };

export const replying = (change: (reply: EmbedReply, texts: readonly EmbeddingInput[]) => EmbedReply) =>
  class extends ReferenceEmbedding {
    override async doEmbed(
      ...[texts, request, attempt]: Parameters<ReferenceEmbedding['doEmbed']>
    ): Promise<EmbedReply> {
      return change(await super.doEmbed(texts, request, attempt), texts);
    }
  };

export const asking = (change: (texts: readonly string[], request: EmbedRequest, right: Raw) => Raw) =>
  class extends ReferenceEmbedding {
    override body(texts: readonly SentInput[], request: EmbedRequest): Raw {
      return change(texts as string[], request, super.body(texts, request));
    }
  };

export const rowsOf = ({ embeddings }: EmbedReply): IndexedRow[] => [...(embeddings as IndexedRow[])];
export const DIMENSIONS = 8;
export const zeros = (): Float32Array => new Float32Array(DIMENSIONS);
/** What was wrong with the reply is mended in silence. */
export const mended = (mend: (rows: IndexedRow[], count: number) => IndexedRow[]) =>
  replying((reply, texts) => ({ ...reply, embeddings: mend(rowsOf(reply), texts.length) }));
