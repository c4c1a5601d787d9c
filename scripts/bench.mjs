// `npm run bench`: measures the built package beside its peers, prints tables of ratios and writes
// bench/results.json. How to read them, and the flags: bench/README.md.
import { execFileSync, fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem, type as system } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPeers } from '../bench/lib/install-peers.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bench = join(root, 'bench')

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    plot: { type: 'boolean', default: false },
    node: { type: 'string', default: '' },
    table: { type: 'string', default: '' },
    filter: { type: 'string', default: '' },
  },
})

const TABLES = ['parser', 'response', 'encoder', 'client', 'linear', 'memory', 'size']

// Quick is for a machine that checks that everything runs, not for numbers to quote.
const OPTIONS = flags.quick
  ? { size: 64 * 1024, rounds: 5, warmUp: 25, share: 0.25, events: 20_000, clientRounds: 1, clientWarmUp: 0 }
  : { size: 1024 * 1024, rounds: 15, warmUp: 250, share: 1, events: 300_000, clientRounds: 7, clientWarmUp: 2 }

// Only a run of everything is written down and held against the targets.
const isWhole = flags.table === '' && flags.filter === ''

execFileSync(process.execPath, [join(root, 'scripts/ensure-ready.mjs')], { stdio: 'inherit' })
installPeers()

const [reports, { targets, targetTable }, modules] = await Promise.all([
  import('../bench/lib/report.mjs'),
  import('../bench/lib/targets.mjs'),
  Promise.all(TABLES.map(async (table) => [table, await import(`../bench/tables/${table}.mjs`)])),
])
const tables = modules.filter(([table]) => flags.table === '' || flags.table.split(',').includes(table))

const runs = []
for (const path of nodes()) {
  runs.push(await runOn(path))
  if (isWhole) keep(runs.at(-1))
}
if (flags.plot) {
  const { plot } = await import('../bench/plot.mjs')
  const file = flags.quick ? join(bench, 'quick.svg') : join(root, 'docs/bench.svg')
  writeFileSync(file, await plot(runs[0]))
  console.log(`\nPlot: ${file}`)
}

/** Writes a run down in the place of the last one on that engine. A full run takes ten minutes, so each may be made by itself. */
function keep(run) {
  const file = join(bench, flags.quick ? 'results.quick.json' : 'results.json')
  const engine = ({ bun, node }) => (bun ? 'Bun' : `Node ${node.split('.')[0]}`)
  const others = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).runs : []
  const all = [...others.filter((other) => engine(other) !== engine(run)), run]
  all.sort((a, b) => engine(a).localeCompare(engine(b)))
  writeFileSync(file, `${JSON.stringify({ quick: flags.quick, runs: all }, undefined, 1)}\n`)
}

/** The binaries to run on: paths, `bun`, or major versions of Node; the last two are pinned in test/runtimes. */
function nodes() {
  if (flags.node === '') return [process.execPath]
  return flags.node.split(',').map((name) => {
    const pinned = name === 'bun' ? 'bun/bin/bun.exe' : /^\d+$/.test(name) && `node${name}/bin/node`
    const path = pinned ? join(root, 'test/runtimes/node_modules', pinned) : name
    if (existsSync(path)) return path
    console.error(`--node ${name}: there is no ${path}. Run \`npm ci\` in test/runtimes, or give the path of a binary.`)
    process.exit(1)
  })
}

async function runOn(path) {
  const versions = execFileSync(path, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' })
  const { node, v8, bun } = JSON.parse(versions)
  const [cpu] = cpus()
  const machine = {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: system(),
  }
  console.log(
    `\n${bun ? `Bun ${bun}` : `Node ${node} (V8 ${v8})`}, ${machine.cpu}, ${machine.cores} cores, ${machine.memory}${flags.quick ? ', quick' : ''}`,
  )

  const results = {}
  for (const [table, { title, jobs, report, needsV8 }] of tables) {
    if (bun && needsV8) continue
    const wanted = jobs(OPTIONS).filter(({ name }) => name.includes(flags.filter))
    if (wanted.length === 0) continue
    // A process for each job: what the engine learns about one workload would colour the next.
    results[table] = []
    for (const job of wanted) results[table].push(await runJob(path, bun ? [] : ['--expose-gc'], { table, job }))
    console.log(`\n${title}\n`)
    reports.printTable(report(results[table]), console.log)
    for (const line of reports.absences(results[table])) console.log(line)
  }
  const judged = targets(results)
  if (isWhole) {
    console.log('\nTargets\n')
    reports.printTable(targetTable(judged), console.log)
  }
  return {
    ...(bun ? { bun } : { node, v8 }),
    date: new Date().toISOString(),
    machine,
    options: OPTIONS,
    targets: judged,
    tables: results,
  }
}

/** Runs a job in a fresh process of the binary at `path`. A job that dies takes the whole bench with it. */
function runJob(path, execArgv, { table, job }) {
  return new Promise((resolve, reject) => {
    let result
    const child = fork(join(bench, 'run.mjs'), [JSON.stringify({ table, job, options: OPTIONS })], {
      execPath: path,
      execArgv,
    })
    child.on('message', (message) => (result = message))
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve(result)
      else reject(new Error(`The ${table} table ended with code ${code} in: ${job.name}`))
    })
  })
}
