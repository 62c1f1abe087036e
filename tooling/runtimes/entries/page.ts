import { runProgram } from '../program.ts';
import { connectRelay } from '../remote-http.ts';

const { location } = globalThis as unknown as { location: { origin: string } };
await connectRelay(location.origin);
await runProgram(location.origin);
