import ts from 'typescript';

/** A member of a contract that is a function in a property. */
export interface MemberProblem {
  readonly file: string;
  readonly message: string;
}

/**
 * C-11: in an interface with methods, which others implement, every required function is a method. A function in a
 * property is checked contravariantly, so two versions of a contract would stop being assignable to each other.
 */
export function contractMembers(file: string, text: string): MemberProblem[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const problems: MemberProblem[] = [];
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    const isContract = statement.members.some((member) => ts.isMethodSignature(member));
    for (const member of statement.members) {
      if (!isContract || !ts.isPropertySignature(member) || member.questionToken !== undefined) continue;
      if (member.type === undefined || !ts.isFunctionTypeNode(member.type)) continue;
      const name = member.name.getText(source);
      problems.push({
        file,
        message: `${statement.name.text}.${name} is a function in a property; write it as a method`,
      });
    }
  }
  return problems;
}
