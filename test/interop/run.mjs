// Tries eventwire with other people's clients, servers and proxies. `npm run interop` runs all of them and writes docs/interop.md;
// names after `--` run those alone, `--ci` those that install in seconds (nothing may be missing then), `--list` lists them,
// `--only EXCHANGE` runs one exchange, `--update` writes the rows of the named ones, `--check` compares the page with the results of the last full run.
import { fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { catalogue, here, root } from './lib/catalogue.mjs'
import { installPackages, missing, prepare } from './lib/install.mjs'
import { page, stale } from './lib/page.mjs'
import { judge, record } from './lib/results.mjs'
import { onNewerNode } from '../../scripts/lib/newer-node.mjs'

// Several peers need it; all run on the same Node.
onNewerNode()

const AT_ONCE = 4
/** The most that all exchanges of one peer may take. */
const LIMIT = 300_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ci: { type: 'boolean' },
    list: { type: 'boolean' },
    check: { type: 'boolean' },
    only: { type: 'string' },
    update: { type: 'boolean' },
  },
})
const PAGE = join(root, 'docs/interop.md')
const RESULTS = join(here, 'results.json')

if (values.check) {
  const faults = stale(JSON.parse(readFileSync(RESULTS, 'utf8')), readFileSync(PAGE, 'utf8'))
  for (const fault of faults) console.error(`${fault}. Run npm run interop.`)
  process.exit(faults.length === 0 ? 0 : 1)
}

const all = await catalogue()
const strange = positionals.filter((name) => !all.some(({ id }) => id === name))
if (strange.length > 0) {
  console.error(`No peer is called ${strange.join(', ')}. There are: ${all.map(({ id }) => id).join(' ')}`)
  process.exit(2)
}
if (values.list) {
  for (const { id, kind, name, ci } of all)
    console.log(`${id.padEnd(24)} ${kind.padEnd(8)} ${name}${ci ? ' (CI)' : ''}`)
  process.exit()
}

installPackages()
const chosen = all.filter(({ id, ci }) => (positionals.length > 0 ? positionals.includes(id) : !values.ci || ci))
const absent = chosen.filter((peer) => missing(peer))
for (const peer of absent) console.error(`${peer.id} cannot run here. It ${missing(peer)}`)
if (absent.length > 0 && values.ci) process.exit(1)

const results = []
let wrong = 0
const waiting = chosen.filter((peer) => !absent.includes(peer))
for (const peer of waiting) prepare(peer)
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let peer; (peer = waiting.shift()) !== undefined;) {
      const exchanges = await exchange(peer)
      const faults = judge(peer, exchanges, values.only)
      wrong += faults.length
      if (faults.length === 0) results.push(record(peer, exchanges))
      console.log(`${faults.length === 0 ? 'ok     ' : 'FAILED '} ${peer.name}: ${summary(exchanges)}`)
      for (const fault of faults) console.log(`        ${fault}`)
    }
  }),
)

/** Runs one peer in a process of its own. */
function exchange(peer) {
  return new Promise((resolve) => {
    const got = []
    const child = fork(join(here, 'lib/peer-process.mjs'), [peer.file, values.only ?? ''], {
      detached: true,
      stdio: ['ignore', values.only ? 'inherit' : 'ignore', values.only ? 'inherit' : 'ignore', 'ipc'],
      cwd: here,
    })
    // The programs that it started go with it.
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It is gone, and so are they.
      }
    }
    const timer = setTimeout(() => {
      got.push({ failure: `took longer than ${LIMIT} ms` })
      end()
    }, LIMIT)
    child.on('message', (message) => got.push(message))
    child.once('exit', () => {
      clearTimeout(timer)
      end()
      resolve(got)
    })
  })
}

function summary(exchanges) {
  return exchanges.map(({ exchange: name, status, failure }) => (failure ? 'failure' : `${name} ${status}`)).join(', ')
}

// A full run writes the page; so does `--update`, which keeps the rows of the peers that were not named.
if ((values.update || chosen.length === all.length) && !values.only) {
  const kept = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')).peers : []
  const peers = all.flatMap((peer) => {
    const result = results.find(({ id }) => id === peer.id)
    return result ?? kept.find(({ id }) => id === peer.id) ?? []
  })
  const written = { node: process.versions.node, peers }
  writeFileSync(RESULTS, `${JSON.stringify(written, null, 1)}\n`)
  writeFileSync(PAGE, page(written))
  console.log('wrote docs/interop.md')
}
console.log(`${results.length} of the peers are as is known of them; ${wrong} exchanges differ`)
process.exit(wrong === 0 ? 0 : 1)
