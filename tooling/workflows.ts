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
  const jobs = /^jobs:\n([^]*)$/m.exec(text)?.[1]?.match(/^ {2}\w[\w-]*:$/gm) ?? [];
  const bounded = text.match(/^ {4}timeout-minutes:/gm) ?? [];
  if (bounded.length < jobs.length) problems.push(`${file}: give every job its "timeout-minutes"`);
  return problems;
}
