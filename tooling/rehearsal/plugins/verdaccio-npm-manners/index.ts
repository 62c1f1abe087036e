// How npm's registry treats publishers, for the registry of a rehearsal: https://docs.npmjs.com/trusted-publishers. An owner has a token.
// A workflow has an identity, which a package that exists and trusts it takes for a token of that package. Whoever has neither is told
// that the package is not there (404), be it a new name or one of somebody else's.

interface Request {
  readonly params: { readonly name: string };
  readonly headers: { readonly authorization?: string; readonly host?: string };
  readonly body: unknown;
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
}
type Handler = (request: Request, response: Response, next: () => void) => void | Promise<void>;
type Route = (path: string, handler: Handler) => void;

interface Settings {
  /** The token of an owner, the token by which a run asks who it is, and the answer. */
  readonly owner: string;
  readonly run: string;
  readonly identity: string;
}

interface Manners {
  register_middlewares(app: { readonly get: Route; readonly post: Route; readonly put: Route }): void;
}

export default function manners({ owner, run, identity }: Settings): Manners {
  const trusting = new Set<string>();
  const tokenOf = (name: string): string => `${identity} for ${name}`;
  const isBearer = ({ headers }: Request, token: string): boolean =>
    headers.authorization === `Bearer ${token}`;

  return {
    register_middlewares(app) {
      // Of the code host: who a run is.
      app.get('/-/rehearsal/identity', (request, response) => {
        if (isBearer(request, run)) response.json({ value: identity });
        else response.status(401).json({ message: 'Bad credentials' });
      });

      app.post('/-/npm/v1/oidc/token/exchange/package/:name', (request, response) => {
        const { name } = request.params;
        if (isBearer(request, identity) && trusting.has(name))
          response.status(201).json({ token: tokenOf(name) });
        else response.status(404).json({ message: 'OIDC token exchange error - package not found' });
      });

      app.post('/-/package/:name/trust', async (request, response) => {
        const { name } = request.params;
        if (!isBearer(request, owner)) return response.status(401).json({ message: 'Unauthorized' });
        const known = await fetch(`http://${request.headers.host}/${encodeURIComponent(name)}`);
        if (!known.ok) return response.status(404).json({ message: 'Package not found' });
        if (trusting.has(name)) return response.status(409).json({ message: 'It trusts one already' });
        trusting.add(name);
        return response.status(201).json(request.body);
      });

      app.put('/:name', (request, response, next) => {
        if (isBearer(request, owner) || isBearer(request, tokenOf(request.params.name))) next();
        else response.status(404).json({ error: 'Not found' });
      });
    },
  };
}
