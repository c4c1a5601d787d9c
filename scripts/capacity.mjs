// `npm run capacity`: takes the costs of this machine and prints how many machines so many readers need, and what a
// million readers do after a restart. `--write` puts sheet and plot into docs/.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
execFileSync(process.execPath, [join(root, 'scripts/ensure-ready.mjs')], { stdio: 'inherit' })
const [{ measure }, { measureRedis }, { seeded, simulate }] = await Promise.all([
  import('../bench/capacity/measure.mjs'),
  import('../bench/capacity/redis.mjs'),
  import('../bench/capacity/simulate.mjs'),
])

/** What the sheet reckons with: a process uses half a core for events, and holds what fits into 8 GB. */
const RATE = 1
const SHARE = 0.5
const MEMORY = 8 * 2 ** 30

const costs = await measure()
const redis = await measureRedis()
const perSecond = Math.round((SHARE * 1e6) / costs.resume)
const number = (value) => Math.round(value).toLocaleString('en-US')
const lines = []
const say = (line) => lines.push(line)

say(
  `Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}.\n`,
)
say('| measured on one core | |\n| --- | --- |')
say(`| heap of an idle connection | ${number(costs.heap)} B |`)
say(`| resident memory of an idle connection, without the kernel's buffers | ${number(costs.rss)} B |`)
say(`| CPU of a publish without readers | ${costs.publish.toFixed(1)} us |`)
say(`| CPU of a reader and event, one event of 150 B in each turn | ${costs.readerAndEvent.toFixed(1)} us |`)
say(`| CPU of a resume that replays 100 events, accepting the connection included | ${number(costs.resume)} us |\n`)

const commandsOf = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)
const namesOf = (counts) =>
  Object.keys(counts)
    .toSorted()
    .map((name) => `\`${name.toUpperCase()}\``)
    .join(', ') || 'none'
/** Commands for each event: of its publisher, and of each process that has readers. */
const perEvent = redis && {
  publish: redis.published.xadd / redis.events,
  read: redis.published.xread / redis.events / redis.processes,
}
if (redis) {
  say('| measured: commands that Redis gets | | |\n| --- | --- | --- |')
  say(`| a publish | ${perEvent.publish.toFixed(1)} | \`XADD\` |`)
  say(`| each process with readers, for an event that comes alone | ${perEvent.read.toFixed(1)} | \`XREAD\` |`)
  say(`| a process that starts, an event among it | ${commandsOf(redis.started)} | ${namesOf(redis.started)} |`)
  say(`| a resume that this process's history reaches | ${commandsOf(redis.near)} | ${namesOf(redis.near)} |`)
  say(`| a resume of 100 events that it does not reach | ${commandsOf(redis.far)} | ${namesOf(redis.far)} |\n`)
} else {
  say('Commands of Redis were not measured: there is no `redis-server` here.\n')
}

say(
  `Reckoned from these: each reader gets ${RATE} event a second, the same one for all. A process spends ${SHARE * 100} % of one core on it and holds at most 8 GB.\n`,
)
say(
  '| readers | processes, by CPU | processes, by memory | processes | Redis commands a second |\n| --- | --- | --- | --- | --- |',
)
for (const readers of [1e4, 1e5, 1e6, 1e7]) {
  const byCpu = Math.ceil((readers * RATE * costs.readerAndEvent) / (SHARE * 1e6))
  const byMemory = Math.ceil((readers * Math.max(costs.rss, costs.heap)) / MEMORY)
  const processes = Math.max(byCpu, byMemory)
  const commands = perEvent ? number(RATE * (perEvent.publish + perEvent.read * processes)) : 'not measured'
  say(`| ${number(readers)} | ${number(byCpu)} | ${number(byMemory)} | ${number(processes)} | ${commands} |`)
}
say('')

const READERS = 1e6
const PROCESSES = 20
const runs = [
  { retry: 2000, jitter: 0 },
  { retry: 2000, jitter: 0.5 },
  { retry: 90_000, jitter: 1 },
].map((told) => ({
  ...told,
  ...simulate({ ...told, readers: READERS, perSecond: perSecond * PROCESSES, random: seeded(1) }),
}))
say(
  `Simulated: ${number(READERS)} readers lose their process at once, and ${PROCESSES} processes let in ${number(perSecond)} a second each.\n`,
)
say(
  '| `retry` | `retryJitter` | arrivals per second, at the worst | longest queue | longest wait |\n| --- | --- | --- | --- | --- |',
)
for (const { retry, jitter, peak, queue, wait } of runs)
  say(`| ${number(retry)} ms | ${jitter} | ${number(peak)} | ${number(queue)} | ${wait.toFixed(1)} s |`)
say(
  '\nJitter spreads arrivals over `retry` times `retryJitter`. Where so many readers come back at once, let that be the time the processes need for',
)
say('them: `close({ drain, retry })` tells it at a planned restart.')
console.log(lines.join('\n'))

if (process.argv.includes('--write')) {
  const { installPeers } = await import('../bench/lib/install-peers.mjs')
  installPeers()
  const { plot } = await import('../bench/capacity/plot.mjs')
  writeFileSync(join(root, 'docs/capacity.svg'), await plot(runs.slice(0, 2)))
  const page = join(root, 'docs/capacity.md')
  const [head] = readFileSync(page, 'utf8').split('<!-- sheet -->')
  writeFileSync(
    page,
    `${head}<!-- sheet -->\n\n${lines.join('\n')}\n\n![Arrivals in each tenth of a second, with and without jitter](capacity.svg)\n`,
  )
}
