import { runProgram } from '../program.ts';
import { connectRelay } from '../remote-http.ts';

/** All in one request, since what is opened in one cannot be used in another. */
export default {
  async fetch(request: Request): Promise<Response> {
    const relay = new URL(request.url).searchParams.get('relay') ?? '';
    await connectRelay(relay);
    await runProgram(relay);
    return new Response('done');
  },
};
