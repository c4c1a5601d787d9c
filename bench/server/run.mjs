// `npm run bench:server`: one channel and thousands of readers, beside its peers. Prints the tables and writes
// bench/results-server.json, where tables that did not run keep their figures. Flags: --tables
// broadcast,topics,storm,publish,resume, --connections, --rounds, --ticks, --only a,b, --quick. The last two tables need a
// Node with node:sqlite.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPeers } from '../lib/install-peers.mjs'
import { median } from '../lib/measure.mjs'
import { printTable } from '../lib/report.mjs'
import { measureBroadcast } from './broadcast.mjs'
import { connectionLimit } from './processes.mjs'
import { measurePublish } from './publish.mjs'
import { measureStorm } from './storm.mjs'
import { measureTopics } from './topics.mjs'

const bench = fileURLToPath(new URL('..', import.meta.url))
const US = 'eventwire'
const FLOOR = 'bare'
const CANDIDATES = [US, FLOOR, 'better-sse', 'h3', 'hono', 'fastify']
const WITH_TOPICS = [US, 'better-sse', 'better-sse-filter']
const READERS_WITH_TOPICS = [100, 1000, 10_000]

const { values: flags } = parseArgs({
  options: {
    connections: { type: 'string' },
    rounds: { type: 'string' },
    ticks: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    tables: { type: 'string', default: 'broadcast,topics,storm,publish,resume' },
  },
})
const tables = flags.tables.split(',')

execFileSync(process.execPath, [`${bench}/../scripts/ensure-ready.mjs`], { stdio: 'inherit' })
if (tables.includes('broadcast') || tables.includes('topics')) installPeers()

const wanted = Number(flags.connections ?? (flags.quick ? 500 : 9000))
const connections = Math.min(wanted, connectionLimit())
if (connections < wanted) console.log(`The limit of open files allows ${connections} connections, not ${wanted}.`)
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
const ticks = Number(flags.ticks ?? (flags.quick ? 5 : 30))
const only = flags.only?.split(',')
const chosen = (all) => all.filter((name) => !only || only.includes(name))

const targets = []
/** Not kept where `measured` is undefined, because a candidate did not run. */
function target({ table, what, reach, measured, isLess = false }) {
  if (measured === undefined || Number.isNaN(measured)) return
  const isReached = isLess ? measured <= reach : measured >= reach
  targets.push({ table, what, reach, measured: Number(measured.toPrecision(3)), isReached })
}

/** Rounds of `measure` for each name: the names take turns. */
async function runRounds(names, measure) {
  const runs = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      console.error(`round ${round + 1} of ${rounds}: ${name}`)
      runs.get(name).push(await measure(name))
    }
  }
  return (name, pick) => median(runs.get(name).map(pick))
}

async function broadcastTable() {
  const names = chosen(CANDIDATES)
  const of = await runRounds(names, (name) => measureBroadcast(name, { connections, ticks }))
  const times = (name, n) =>
    Object.fromEntries(['cpu', 'p50', 'p99'].map((key) => [key, of(name, (run) => run[n][key])]))
  const rows = names.map((name) => ({ name, heap: of(name, ({ heap }) => heap), 1: times(name, 1), 8: times(name, 8) }))
  console.log(`\n${connections} connections, ${ticks} ticks, median of ${rounds} rounds\n`)
  printTable(
    {
      head: ['', 'heap B', 'CPU us, 1/tick', 'p50 ms', 'p99 ms', 'CPU us, 8/tick', 'p50 ms', 'p99 ms'],
      lines: rows.map((row) => [
        row.name,
        row.heap,
        ...[1, 8].flatMap((n) => [row[n].cpu.toFixed(2), row[n].p50.toFixed(1), row[n].p99.toFixed(1)]),
      ]),
    },
    console.log,
  )
  const row = (name) => rows.find((each) => each.name === name)
  const [us, floor] = [row(US), row(FLOOR)]
  const table = 'broadcast'
  target({ table, what: `heap over ${FLOOR}, bytes`, reach: 1024, measured: us?.heap - floor?.heap, isLess: true })
  const lessCpu = (perTick, peer, reach) => {
    const measured = row(peer)?.[perTick].cpu / us?.[perTick].cpu
    target({ table, what: `CPU, ${perTick} per tick: times less than ${peer}`, reach, measured })
  }
  lessCpu(1, FLOOR, 1)
  lessCpu(1, 'better-sse', 1.3)
  lessCpu(8, 'better-sse', 5)
  lessCpu(8, 'hono', 25)
  return { connections, ticks, rounds, rows }
}

async function topicsTable() {
  const names = chosen(WITH_TOPICS)
  const counts = READERS_WITH_TOPICS.filter((count) => count <= connectionLimit() && !(flags.quick && count > 1000))
  const of = await runRounds(names, async (name) => {
    const run = {}
    for (const count of counts) run[count] = await measureTopics(name, count)
    return run
  })
  const rows = names.map((name) => ({ name, ...Object.fromEntries(counts.map((n) => [n, of(name, (run) => run[n])])) }))
  console.log(`\none topic among N readers: CPU us of a publish that is for one of them, median of ${rounds} rounds\n`)
  printTable(
    {
      head: ['', ...counts.map(String)],
      lines: rows.map((row) => [row.name, ...counts.map((n) => row[n].toFixed(0))]),
    },
    console.log,
  )
  const us = rows.find(({ name }) => name === US)
  const what = 'CPU of a publish to one of 10,000: times that of 100'
  target({ table: 'topics', what, reach: 1.5, measured: us?.[10_000] / us?.[100], isLess: true })
  return { rounds, rows }
}

async function stormTable() {
  const storm = await measureStorm(Math.min(flags.quick ? 500 : 5000, connectionLimit()))
  console.log(`\n${storm.readers} readers come back, each to ${storm.events} events of history:`)
  console.log(
    `  all served after ${storm.time} ms; the event loop was blocked for ${storm.blocked} ms at most (${storm.busiest} ms of CPU)`,
  )
  const bound = (what, measured) => target({ table: 'storm', what, reach: 50, measured, isLess: true })
  bound('ms blocked in a storm', storm.blocked)
  bound('ms of CPU in its busiest turn', storm.busiest)
  return storm
}

async function publishTable() {
  if (!hasSqlite('publish')) return undefined
  const sizes = flags.quick ? { count: 1000, rounds: 1 } : { count: 10_000, rounds: 3 }
  const { ways, rows } = await measurePublish(sizes)
  console.log(`\nEvents published in a second, the best of ${sizes.rounds} rounds\n`)
  printTable(
    { head: ['', ...ways], lines: rows.map((each) => [each.name, ...ways.map((way) => each[way])]) },
    console.log,
  )
  return { node: process.version, rounds: sizes.rounds, rows }
}

async function resumeTable() {
  if (!hasSqlite('resume')) return undefined
  const resume = await measureStorm(Math.min(flags.quick ? 200 : 1000, connectionLimit()), 'file')
  console.log(
    `\n${resume.readers} readers resume from a SQLite file after a restart, each up to ${resume.events} events: ` +
      `all served after ${resume.time} ms; the event loop was blocked for ${resume.blocked} ms at most`,
  )
  return { node: process.version, ...resume }
}

function hasSqlite(table) {
  if (process.getBuiltinModule?.('node:sqlite')) return true
  console.log(`\n${table}: not measured, because this Node has no node:sqlite`)
  return false
}

const TABLES = {
  broadcast: broadcastTable,
  topics: topicsTable,
  storm: stormTable,
  publish: publishTable,
  resume: resumeTable,
}
const figures = {}
for (const table of tables) {
  const measured = await TABLES[table]()
  if (measured) figures[table] = measured
}

console.log('')
printTable(
  {
    head: ['target', 'reach', 'measured', ''],
    lines: targets.map(({ what, reach, measured, isReached }) => [what, reach, measured, isReached ? 'yes' : 'NO']),
  },
  console.log,
)

if (!flags.quick && !only) {
  const file = `${bench}/results-server.json`
  const before = JSON.parse(readFileSync(file, 'utf8'))
  // What stands beside the first tables; the last two say their Node themselves.
  const isWhole = tables.includes('broadcast')
  const present = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  const machine = isWhole ? present : before.machine
  const others = before.targets.filter(({ table }) => !tables.includes(table))
  const results = { ...before, machine, ...figures, targets: [...others, ...targets] }
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`)
}
