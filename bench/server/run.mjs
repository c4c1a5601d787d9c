// `npm run bench:server`: one channel and thousands of readers, beside its peers. Prints the tables and writes
// bench/results-server.json. Flags: --connections, --rounds, --ticks, --only a,b, --quick, --no-storm.
import { execFileSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../lib/measure.mjs'
import { printTable } from '../lib/report.mjs'
import { measureBroadcast } from './broadcast.mjs'
import { connectionLimit } from './processes.mjs'
import { measureStorm } from './storm.mjs'

const bench = fileURLToPath(new URL('..', import.meta.url))
const US = 'eventwire'
const FLOOR = 'bare'
const CANDIDATES = [US, FLOOR, 'better-sse', 'h3', 'hono', 'fastify']

const { values: flags } = parseArgs({
  options: {
    connections: { type: 'string' },
    rounds: { type: 'string' },
    ticks: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    storm: { type: 'boolean', default: true },
  },
  allowNegative: true,
})

execFileSync(process.execPath, [`${bench}/../scripts/ensure-ready.mjs`], { stdio: 'inherit' })
const installed = `${bench}/node_modules/.package-lock.json`
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(`${bench}/package-lock.json`).mtimeMs) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: bench, stdio: ['ignore', 2, 2] })
}

const wanted = Number(flags.connections ?? (flags.quick ? 500 : 9000))
const connections = Math.min(wanted, connectionLimit())
if (connections < wanted) console.log(`The limit of open files allows ${connections} connections, not ${wanted}.`)
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
const ticks = Number(flags.ticks ?? (flags.quick ? 5 : 30))
const names = flags.only?.split(',') ?? CANDIDATES

const runs = new Map(names.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    console.error(`round ${round + 1} of ${rounds}: ${name}`)
    runs.get(name).push(await measureBroadcast(name, { connections, ticks }))
  }
}

const of = (name, pick) => median(runs.get(name).map(pick))
const rows = names.map((name) => ({
  name,
  heap: of(name, ({ heap }) => heap),
  ...Object.fromEntries(
    [1, 8].map((n) => [
      n,
      Object.fromEntries(['cpu', 'p50', 'p99'].map((key) => [key, of(name, (run) => run[n][key])])),
    ]),
  ),
}))

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
const targets = []
const target = (what, peer, reach, measured) => {
  if (!row(US) || !row(peer)) return
  const value = measured(row(US), row(peer))
  const isReached = what.startsWith('heap') ? value <= reach : value >= reach
  targets.push({ what, peer, reach, measured: Number(value.toPrecision(3)), isReached })
}
target('heap over', FLOOR, 1024, (us, peer) => us.heap - peer.heap)
target('CPU, 1 per tick: times less than', FLOOR, 1, (us, peer) => peer[1].cpu / us[1].cpu)
target('CPU, 1 per tick: times less than', 'better-sse', 1.3, (us, peer) => peer[1].cpu / us[1].cpu)
target('CPU, 8 per tick: times less than', 'better-sse', 5, (us, peer) => peer[8].cpu / us[8].cpu)
target('CPU, 8 per tick: times less than', 'hono', 25, (us, peer) => peer[8].cpu / us[8].cpu)

const storm = flags.storm ? await measureStorm(Math.min(flags.quick ? 500 : 5000, connectionLimit())) : undefined
if (storm) {
  console.log(`\n${storm.readers} readers come back, each to ${storm.events} events of history:`)
  console.log(
    `  all served after ${storm.time} ms; the event loop was blocked for ${storm.blocked} ms at most (${storm.busiest} ms of CPU)`,
  )
  const bound = (what, measured) => targets.push({ what, peer: '', reach: 50, measured, isReached: measured <= 50 })
  bound('ms blocked in a storm', storm.blocked)
  bound('ms of CPU in its busiest turn', storm.busiest)
}

console.log('')
printTable(
  {
    head: ['target', '', 'reach', 'measured', ''],
    lines: targets.map(({ what, peer, reach, measured, isReached }) => [
      what,
      peer,
      reach,
      measured,
      isReached ? 'yes' : 'NO',
    ]),
  },
  console.log,
)

if (!flags.quick && !flags.only) {
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  const text = JSON.stringify({ machine, connections, ticks, rounds, rows, storm, targets }, undefined, 1)
  writeFileSync(`${bench}/results-server.json`, `${text}\n`)
}
