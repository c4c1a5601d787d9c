import { portableChecks } from './checks.js'
import { failuresOf, listed, type Failure } from './failures.js'
import { collected } from './rules.js'

/** For a page: what drives the browser reads the lines, and the end of them, from the document. */
async function main(): Promise<void> {
  const failures: Failure[] = []
  const lines: string[] = []
  const topics = { ...portableChecks(location.origin), EventSource: collected.besideOthers }
  const alone = { 'EventSource, one after the other': collected.alone }
  for (const [topic, checks] of Object.entries({ ...topics, ...alone })) {
    // A page has six connections to a server.
    const failed = await failuresOf(checks, topic in alone ? 1 : 2)
    lines.push(`${topic}: ${checks.length - failed.length} of ${checks.length} passed`)
    failures.push(...failed)
  }
  if (failures.length > 0) lines.push(listed(failures))
  const { dataset } = document.documentElement
  dataset['output'] = lines.join('\n')
  dataset['result'] = failures.length > 0 ? 'failed' : 'passed'
}

void main()
