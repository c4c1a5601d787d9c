// Runs eventwire and its peers through the conformance suites and writes docs/conformance.md.
// `npm run conformance` does; `--only TEXT` runs those whose name has TEXT in it and prints what failed.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPeers } from '../lib/install-peers.mjs'
import { onNewerNode } from '../../scripts/lib/newer-node.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
// Several peers need it; all run on the same Node.
onNewerNode()

installPeers()
const { clientSuite, parserSuite } = await import('../../dist/testing/index.js')
const { createScriptedServer } = await import('../../dist/testing/server/index.js')
const { browsers } = await import('./browsers.mjs')
const { clients } = await import('./clients.mjs')
const { parsers } = await import('./parsers.mjs')
const { section } = await import('./table.mjs')

const TIMEOUT = 4000
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined
const chosen = (subjects) => subjects.filter(({ name }) => only === undefined || name.includes(only))

// What a peer throws in a callback of its own must not end the run; the case at work fails by itself.
process.on('uncaughtException', (error) => console.error(`uncaught: ${error.message}`))
process.on('unhandledRejection', (error) => console.error(`unhandled: ${error?.message ?? error}`))

async function results(subject, makeSuite) {
  console.error(`${subject.name} ...`)
  const adapter = subject.adapter ?? (await subject.begin())
  const suite = makeSuite(adapter, subject)
  subject.results = []
  try {
    for await (const result of suite) {
      const status = result.status === 'fail' ? await again(suite, result) : result.status
      subject.results.push({ ...result, status })
      if (status === 'fail') console.error(`  ${result.name}: ${result.message}`)
    }
  } finally {
    await subject.end?.()
  }
}

// A busy machine must not count against anybody: what fails is tried once more.
async function again(suite, { name }) {
  return suite.cases
    .find((each) => each.name === name)
    .run()
    .then(
      () => 'pass',
      () => 'fail',
    )
}

for (const subject of chosen(parsers)) {
  await results(subject, (adapter, { without }) => parserSuite(adapter, { without }))
}
for (const subject of chosen([...clients, ...browsers])) {
  await results(subject, (adapter, { without, createServer = createScriptedServer, timeout = TIMEOUT }) =>
    clientSuite(adapter, { without, createServer, timeout }),
  )
}
if (only !== undefined) process.exit()

const page = `# Conformance

How eventwire and other libraries fare in the suites of the [testing kit](testing.md). Made by \`npm run conformance\`
on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node}. Each case links to the section of the
standard that it checks. A case that a library does not aim at is left out (–). What fails is tried once more before it counts.

${section('Parsers', parsers)}
${section('Clients', [...clients, ...browsers])}
A library may do otherwise on purpose: the tables tell what it does, not what it is worth. Run one alone, and see what
was expected and what came: \`npm run conformance -- --only NAME\`. Your own can be put to the same test, as the
[guide](testing.md) shows.
`
writeFileSync(join(root, 'docs/conformance.md'), page)
console.error('wrote docs/conformance.md')
process.exit()
