/** The formats that Converse takes, by the registered names of their media types. */
const FORMATS = {
  image: { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/gif': 'gif', 'image/webp': 'webp' },
  document: {
    'application/pdf': 'pdf',
    'text/plain': 'txt',
    'text/markdown': 'md',
    'text/html': 'html',
    'text/csv': 'csv',
    'application/msword': 'doc',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'application/vnd.ms-excel': 'xls',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  },
  video: {
    'video/mp4': 'mp4',
    'video/quicktime': 'mov',
    'video/x-matroska': 'mkv',
    'video/matroska': 'mkv',
    'video/webm': 'webm',
    'video/x-flv': 'flv',
    'video/mpeg': 'mpeg',
    'video/x-ms-wmv': 'wmv',
    'video/3gpp': 'three_gp',
  },
  audio: {
    'audio/mpeg': 'mp3',
    'audio/wav': 'wav',
    'audio/x-wav': 'wav',
    'audio/ogg': 'ogg',
    'audio/opus': 'opus',
    'audio/flac': 'flac',
    'audio/aac': 'aac',
    'audio/mp4': 'm4a',
    'audio/webm': 'webm',
    'audio/l16': 'pcm',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type MediaKind = keyof typeof FORMATS;

/** What Converse calls the format of a media type, parameters aside; undefined for one that it does not take. */
export function formatOf(kind: MediaKind, mediaType: string): string | undefined {
  const [name = ''] = mediaType.toLowerCase().split(';', 1);
  const formats: Readonly<Record<string, string>> = FORMATS[kind];
  return Object.hasOwn(formats, name.trim()) ? formats[name.trim()] : undefined;
}

/** Endings that are not the format's name. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['jpg', 'jpeg'],
  ['3gp', 'three_gp'],
]);

/** The format of a file by its ending, where it has one that Converse knows. */
export function formatOfName(kind: MediaKind, name: string): string | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const format = ENDINGS.get(ending) ?? ending;
  return Object.values<string>(FORMATS[kind]).includes(format) ? format : undefined;
}

export function mediaTypeOf(kind: MediaKind, format: string | undefined): string | undefined {
  return Object.entries(FORMATS[kind]).find(([, known]) => known === format)?.[0];
}
