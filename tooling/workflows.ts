/** What a workflow must not leave open. Each problem names the place and the fix. */
export function workflowProblems(file: string, text: string): string[] {
  const problems = text.split('\n').flatMap((line, at) => {
    const [, action = '', version] = /\buses:\s*(\S+)(?:\s+#\s*(v\d\S*))?/.exec(line) ?? [];
    if (action === '' || action.startsWith('./')) return [];
    const place = `${file}:${at + 1}`;
    if (!/@[0-9a-f]{40}$/.test(action)) return [`${place}: pin ${action} to a commit: a tag can be moved`];
    return version === undefined ? [`${place}: say which version that commit is, such as "# v5.0.0"`] : [];
  });
  if (!/^permissions:/m.test(text))
    problems.push(`${file}: add "permissions" at the top, such as "contents: read": the default may write`);
  problems.push(...triggerProblems(file, text), ...credentialProblems(file, text), ...injections(file, text));
  const jobs = /^jobs:\n([^]*)$/m.exec(text)?.[1]?.match(/^ {2}\w[\w-]*:$/gm) ?? [];
  const bounded = text.match(/^ {4}timeout-minutes:/gm) ?? [];
  if (bounded.length < jobs.length) problems.push(`${file}: give every job its "timeout-minutes"`);
  return problems;
}

/** Runs with the secrets of the repository, on code of anybody. */
function triggerProblems(file: string, text: string): string[] {
  return /\b(pull_request_target|workflow_run)\b/.test(text)
    ? [`${file}: take "pull_request": the other triggers give strangers' code the repository's secrets`]
    : [];
}

/** A checkout leaves its token on the disk, for every later step, unless the job writes to the repository. */
function credentialProblems(file: string, text: string): string[] {
  return jobsOf(text).flatMap(({ name, body }) => {
    const checkouts = body.match(/uses: actions\/checkout@/g)?.length ?? 0;
    const kept = body.match(/persist-credentials: false/g)?.length ?? 0;
    const problems =
      kept < checkouts && !/contents: write/.test(body)
        ? [`${file}: give the checkout of "${name}" "persist-credentials: false": it writes nothing`]
        : [];
    if (/id-token: write/.test(body) && !/environment:/.test(body))
      problems.push(`${file}: give "${name}" an "environment": who has its token can publish`);
    return problems;
  });
}

/** What strangers write (titles, names of branches) must not become a part of a script. */
function injections(file: string, text: string): string[] {
  return text.split('\n').flatMap((line, at) => {
    const [found] =
      /\$\{\{\s*github\.(event\.\S*\.(title|body|message|name|email)|head_ref)\b/.exec(line) ?? [];
    return found === undefined || /^\s+\w+: /.test(line.replace(/^\s+(- )?run: /, '')) === true
      ? []
      : [`${file}:${at + 1}: hand ${found} }} on in "env", and quote it there: it is a stranger's text`];
  });
}

function jobsOf(text: string): { readonly name: string; readonly body: string }[] {
  const jobs = /^jobs:\n([^]*)$/m.exec(text)?.[1] ?? '';
  return jobs
    .split(/^ {2}(?=\w[\w-]*:$)/m)
    .slice(1)
    .map((job) => ({ name: job.slice(0, job.indexOf(':')), body: job }));
}
