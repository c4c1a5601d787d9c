import ts from 'typescript'

/** A comment that says what a line gives: behind the statement, or on the line below it. */
const RESULT = /^;?[ \t]*(?:\n[ \t]*)?\/\/ => (.+(?:\n[ \t]*\/\/ {2,}.+)*)/

/** Starts of comments that claim a result. */
const CLAIM = /(?:^|[ \t])\/\/ => /gm

export interface Checked {
  /** JavaScript that calls `globalThis.__check(snippet, index, actual, expected)` for each claim. */
  code: string
  /** The source of each claim, to name it by. */
  claims: string[]
}

/**
 * Turns `expression // => literal` into a check, and the whole into JavaScript. The statement may be a
 * bare expression, `console.log(expression)` or the declaration of one name; a literal may go on over
 * lines of comment that are indented by two spaces and more.
 */
export function withChecks(snippet: string, source: string): Checked {
  const file = ts.createSourceFile('snippet.ts', source, ts.ScriptTarget.Latest, true)
  const edits: { start: number; end: number; text: string }[] = []
  const claims: string[] = []

  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) {
      const result = RESULT.exec(source.slice(node.end))?.[1]
      if (result !== undefined) {
        const literal = result.replaceAll(/\n[ \t]*\/\//g, '\n')
        const index = claims.push(source.slice(node.getStart(file), node.end)) - 1
        const call = (actual: string): string =>
          `__check(${JSON.stringify(snippet)}, ${index}, (${actual}), (${literal}))`
        if (ts.isExpressionStatement(node)) {
          const { expression } = node
          edits.push({ start: expression.getStart(file), end: expression.end, text: call(valueOf(expression, file)) })
        } else {
          edits.push({ start: node.end, end: node.end, text: `;${call(nameOf(node, source))}` })
        }
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)

  const claimed = source.match(CLAIM)?.length ?? 0
  if (claimed !== claims.length) {
    throw new Error(`${claimed} lines claim a result with "// =>", and ${claims.length} of them follow a statement`)
  }

  let checked = ''
  let position = 0
  for (const { start, end, text } of edits) {
    checked += source.slice(position, start) + text
    position = end
  }
  return { code: compile(checked + source.slice(position)), claims }
}

function valueOf(expression: ts.Expression, file: ts.SourceFile): string {
  const isLog = ts.isCallExpression(expression) && expression.expression.getText(file) === 'console.log'
  return (isLog ? (expression.arguments[0] ?? expression) : expression).getText(file)
}

function nameOf(statement: ts.VariableStatement, source: string): string {
  const [declaration, ...others] = statement.declarationList.declarations
  if (declaration === undefined || others.length > 0 || !ts.isIdentifier(declaration.name)) {
    throw new Error(`"// =>" behind a declaration of more than one name: ${source.slice(statement.pos, statement.end)}`)
  }
  return declaration.name.text
}

function compile(source: string): string {
  const { outputText, diagnostics } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const [first] = diagnostics ?? []
  if (first) throw new SyntaxError(`${ts.flattenDiagnosticMessageText(first.messageText, '\n')}\n${source}`)
  return outputText
}
