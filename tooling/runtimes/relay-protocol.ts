/** What a program asks of its servers, which stand in another process. Numbers are ids; `data` is base64. */
export type Command =
  | { readonly do: 'listen' | 'close'; readonly server: number }
  | { readonly do: 'destroy-socket'; readonly socket: number }
  | {
      readonly do: 'head';
      readonly reply: number;
      readonly status: number;
      readonly headers: Record<string, string>;
    }
  | { readonly do: 'write' | 'end'; readonly reply: number; readonly data: string }
  | { readonly do: 'flush' | 'destroy' | 'reset'; readonly reply: number }
  | { readonly do: 'progress'; readonly title: string };

/** What its servers see. */
export type RelayEvent =
  | { readonly type: 'listening'; readonly server: number; readonly port: number }
  | { readonly type: 'connection'; readonly server: number; readonly socket: number }
  | { readonly type: 'socket-closed'; readonly socket: number }
  | {
      readonly type: 'request';
      readonly server: number;
      readonly reply: number;
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly body: string;
    }
  | { readonly type: 'drain'; readonly reply: number }
  | { readonly type: 'closed'; readonly reply: number; readonly finished: boolean };
