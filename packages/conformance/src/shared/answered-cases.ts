import type { AnsweredBy } from '@mortise/core/call';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';

/** How the cases about who answered get every kind of response of a model. */
export interface AnsweredProbe<S> {
  readonly requires: readonly string[];
  /** A model before a server that answers rightly, and of that `name`, or of none. */
  connect(context: CaseContext<S>, name: string | undefined): Promise<Answering>;
}

export interface Answering {
  readonly provider: string;
  /** Each kind of response, with what it is. */
  responses(): Promise<readonly (readonly [what: string, response: AnsweredBy & { model?: string }])[]>;
}

/** C-16, for one contract. */
export function answeredCases<S>(probe: AnsweredProbe<S>): readonly ConformanceCase<S>[] {
  return [
    {
      id: 'answered.by',
      rule: 'C-16',
      title: 'says in every response which integration answered, and which model',
      requires: probe.requires,
      async run(context) {
        const model = await probe.connect(context, undefined);
        for (const [what, response] of await model.responses()) {
          context.check.equal(response.provider, model.provider, `${what}: provider`);
          context.check.ok(isName(response.model), `${what}: the model is ${String(response.model)}`);
        }
      },
    },
    {
      id: 'answered.server',
      rule: 'C-16',
      title:
        'says in every response the name that the application gave the server, and none where it gave none',
      requires: probe.requires,
      async run(context) {
        for (const name of ['eu-gateway', undefined]) {
          const model = await probe.connect(context, name);
          for (const [what, response] of await model.responses())
            context.check.equal(response.server, name, `${what}: server`);
        }
      },
    },
  ];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
