import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A block of TypeScript in a document or in a doc comment, shown to readers. */
export interface Snippet {
  /** Where its first line is: `README.md:34`. */
  name: string
  code: string
  /** False where the fence says `ts no-run`: it is type-checked alone. */
  runs: boolean
}

/** Every ```` ```ts ```` block of README.md, docs/ and the doc comments of src/. */
export function findSnippets(): Snippet[] {
  // The reference is made of the doc comments.
  const documents = [
    'README.md',
    ...filesIn('docs', '.md').filter((file) => !file.startsWith(join('docs', 'reference'))),
  ]
  const sources = filesIn('src', '.ts')
  return [
    ...documents.flatMap((file) => snippetsOf(file, readFileSync(join(ROOT, file), 'utf8'))),
    ...sources.flatMap((file) => snippetsOf(file, commentsOf(readFileSync(join(ROOT, file), 'utf8')))),
  ]
}

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => join(folder, file))
}

/** The text of the doc comments, each line where it was, and nothing of the code between them. */
function commentsOf(source: string): string {
  let inComment = false
  const lines = source.split('\n').map((line) => {
    if (/^\s*\/\*\*/.test(line)) inComment = true
    const text = inComment ? line.replace(/^\s*\/?\*+ ?/, '').replaceAll('*\\/', '*/') : ''
    if (/(?<!\\)\*\/\s*$/.test(line)) inComment = false
    return text
  })
  return lines.join('\n')
}

export function snippetsOf(file: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = []
  for (const { 1: indent = '', 2: noRun, 3: body = '', index } of markdown.matchAll(
    /^( *)```ts( no-run)?\n([\s\S]*?)^ *```$/gm,
  )) {
    const code = body
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n')
    const line = markdown.slice(0, index).split('\n').length + 1
    snippets.push({ name: `${file}:${line}`, code, runs: noRun === undefined })
  }
  return snippets
}
