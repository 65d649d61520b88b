import ts from "typescript";

/** Blocks of prose by where a file has them. */
export type Prose = Partial<Record<"docs" | "docstrings" | "comments" | "errors", string[]>>;

/** Properties of a `Problem` and of a refused step that users read. */
const errorProperties = new Set(["rule", "remedy", "message", "problem"]);

/** Returns the text of a literal with `X` in the place of each value, and undefined for other expressions. */
const literalText = (node: ts.Node): string | undefined => {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => `X${span.literal.text}`).join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return `${literalText(node.left) ?? "X"}${literalText(node.right) ?? "X"}`;
  }
  return undefined;
};

const errorText = (node: ts.Node): string | undefined => {
  if (ts.isNewExpression(node) && node.expression.getText().endsWith("Error") && node.arguments?.[0]) {
    return literalText(node.arguments[0]);
  }
  if (ts.isPropertyAssignment(node) && errorProperties.has(node.name.getText())) return literalText(node.initializer);
  return undefined;
};

const visit = (node: ts.Node, action: (node: ts.Node) => void): void => {
  action(node);
  node.forEachChild((child) => visit(child, action));
};

/** Returns the names that a TypeScript file declares: variables, parameters, functions, classes and types. */
export const declaredNames = (file: ts.SourceFile): string[] => {
  const names: string[] = [];
  visit(file, (node) => {
    const name = (node as ts.Node & { name?: ts.Node }).name;
    const isMember =
      ts.isPropertySignature(node) || ts.isPropertyAssignment(node) || ts.isPropertyAccessExpression(node);
    if (name && ts.isIdentifier(name) && !isMember) names.push(name.text);
  });
  return names;
};

/** Functions with the rule of a problem among their arguments. */
const ruleFunctions = new Set(["checkField", "requireThat", "requireMatch"]);

const branchesOf = (node: ts.Node): ts.Node[] =>
  ts.isConditionalExpression(node) ? [...branchesOf(node.whenTrue), ...branchesOf(node.whenFalse)] : [node];

/** Returns possible rules of problems: the strings of values named `rule`, and string arguments of `ruleFunctions`. */
export const rulesOf = (file: ts.SourceFile): string[] => {
  const values: ts.Node[] = [];
  visit(file, (node) => {
    if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && node.name.getText() === "rule") {
      if (node.initializer) values.push(node.initializer);
    }
    if (ts.isCallExpression(node) && ruleFunctions.has(node.expression.getText())) values.push(...node.arguments);
  });
  return values.flatMap(branchesOf).flatMap((value) => literalText(value) ?? []);
};

/** Parses TypeScript text. */
export const parseSource = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

const blocksOf = (text: string, pattern: RegExp, leader: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([block]) => block.replace(leader, " ").trim());

/** Returns the prose blocks of a TypeScript file by kind. */
const proseOfSource = (file: ts.SourceFile): Prose => {
  const errors: string[] = [];
  visit(file, (node) => {
    const text = errorText(node);
    if (text !== undefined) errors.push(text);
  });
  const docstrings = blocksOf(file.text, /\/\*\*[\s\S]*?\*\//g, /\/\*\*|\*\/|(?<=\n)[ \t]*\*(?!\/)/g).flatMap((block) =>
    block.split(/\n\s*\n|\n\s*(?=@|- )/),
  );
  return {
    docstrings,
    comments: blocksOf(file.text, /(?:^[ \t]*\/\/.*\n?)+|(?<=\S.* )\/\/ .*/gm, /^[ \t]*\/\/ ?/gm),
    errors,
  };
};

/** Returns the comments of a shell script. */
const proseOfShell = (text: string): Prose => ({
  comments: blocksOf(text, /(?:^[ \t]*# (?!shellcheck).*\n?)+/gm, /^[ \t]*# /gm),
});

/** Returns the paragraphs, list items and table cells of a Markdown file, without its code blocks. */
const proseOfMarkdown = (text: string): Prose => ({
  docs: text
    .replace(/^```[\s\S]*?^```/gm, "")
    .split(/\n\s*\n|\n\s*(?=[-*|#]|\d+\. )/)
    .flatMap((block) => (block.startsWith("|") ? block.split("|") : [block])),
});

/** Returns the prose of a file. A TypeScript file is passed parsed; other files are known by name or first line. */
export const proseOf = (path: string, text: string, source: ts.SourceFile | undefined): Prose => {
  if (source) return proseOfSource(source);
  if (path.endsWith(".md")) return proseOfMarkdown(text);
  return text.startsWith("#!") || path.startsWith("steps/") || path.endsWith(".sh") ? proseOfShell(text) : {};
};

/** Splits prose into sentences. Code in backquotes and a link's address do not count as words. */
const sentencesOf = (block: string): string[] =>
  block
    .replace(/`[^`]*`/g, "X")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/\b(e\.g|i\.e)\./g, "$1")
    .split(/(?<=[.!?]["')]*)\s+/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim());

/** Returns the sentences with more words than `limit`. */
export const longSentences = (blocks: readonly string[], limit: number): string[] =>
  blocks
    .flatMap(sentencesOf)
    .filter((sentence) => sentence.split(" ").filter((word) => /\w/.test(word)).length > limit);
