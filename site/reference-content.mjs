// What the reference shows of the reflections that typedoc makes.
import { Comment, ReflectionKind } from 'typedoc'

const CALLED = ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Variable
const NAMED = CALLED | ReflectionKind.Interface | ReflectionKind.TypeAlias
const MEMBER = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor

/** Takes away what says nothing to users: symbols, the constructors and names of errors, and what is that of `fetch`. */
export function withoutNoise(project) {
  for (const type of project.getReflectionsByKind(ReflectionKind.Class | ReflectionKind.Interface)) {
    const isError = type.name.endsWith('Error')
    const noise = (type.children ?? []).filter((member) => {
      const ofAnError = isError && (member.name === 'name' || member.kindOf(ReflectionKind.Constructor))
      const ofFetch = member.inheritedFrom?.name.startsWith('FetchOptions.') === true
      return member.name.startsWith('[') || ofAnError || ofFetch
    })
    for (const member of noise) project.removeReflection(member)
    // Groups were made before, and what they hold is shown.
    for (const group of type.groups ?? []) group.children = group.children.filter((member) => !noise.includes(member))
    type.groups = type.groups?.filter(({ children }) => children.length > 0)
  }
  for (const reflection of Object.values(project.reflections)) {
    for (const key of ['overwrites', 'inheritedFrom', 'implementationOf']) delete reflection[key]
  }
}

/** Gives each type that has no example of its own a link to the nearest function or class whose example uses it. */
export function linkExamples(project) {
  const exported = exportsOf(project)
  const shownBy = new Map()
  for (const reflection of exported) {
    // A type and a value of one name are two.
    const shown = exported.find((other) => other.name === reflection.name && hasExample(other))
    if (shown !== undefined) shownBy.set(reflection, shown)
  }
  let front = [...shownBy.keys()]
  while (front.length > 0) {
    const next = []
    for (const reflection of front) {
      for (const used of usedBy(reflection, exported)) {
        if (shownBy.has(used)) continue
        shownBy.set(used, shownBy.get(reflection))
        next.push(used)
      }
    }
    front = next
  }
  for (const reflection of exported) {
    const source = shownBy.get(reflection)
    if (source === undefined || source === reflection || reflection.kindOf(CALLED)) continue
    reflection.comment ??= new Comment()
    reflection.comment.summary.push(
      { kind: 'text', text: '\n\nShown in the example of ' },
      { kind: 'inline-tag', tag: '@link', text: source.name, target: source },
      { kind: 'text', text: '.' },
    )
    reflection.isShown = true
  }
}

/** Exported names, and members of exported types, of which something has to be said that is not. */
export function unsaid(project) {
  const lines = []
  for (const reflection of exportsOf(project)) {
    const name = `${reflection.parent.name}: ${reflection.name}`
    if (!hasSummary(reflection)) lines.push(`${name} (no description)`)
    if (!hasExample(reflection) && reflection.isShown !== true) lines.push(`${name} (no example)`)
    for (const member of reflection.children ?? []) {
      if (member.kindOf(MEMBER) && !member.name.startsWith('[') && !hasSummary(member))
        lines.push(`${name}.${member.name} (no description)`)
    }
  }
  return lines
}

const exportsOf = (project) =>
  project.getReflectionsByKind(NAMED).filter(({ parent }) => parent.kindOf(ReflectionKind.Module))

const commentsOf = (reflection) =>
  [
    reflection,
    ...(reflection.signatures ?? []),
    reflection.getSignature,
    ...(reflection.type?.declaration?.signatures ?? []),
  ]
    .map((one) => one?.comment)
    .filter((comment) => comment !== undefined)

const hasSummary = (reflection) => commentsOf(reflection).some(({ summary }) => summary.length > 0)

const hasExample = (reflection) =>
  commentsOf(reflection).some(({ blockTags }) => blockTags.some(({ tag }) => tag === '@example'))

/** The exported types that a reflection names: in its signatures, members, or what it extends. */
function usedBy(reflection, exported) {
  const found = new Set()
  const seen = new Set()
  const visit = (value) => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if (value.type === 'reference' && value.reflection !== undefined) {
      if (exported.includes(value.reflection)) found.add(value.reflection)
      else visit(value.reflection)
    }
    for (const [key, part] of Object.entries(value)) {
      if (!['parent', 'project', 'comment', 'groups', 'categories'].includes(key)) visit(part)
    }
  }
  visit(reflection)
  return found
}
