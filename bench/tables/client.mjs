// Whole clients over loopback: small events from a server in another process, each client in a
// process of its own, all taking turns.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clients } from '../client/clients.mjs'
import { summary } from '../lib/measure.mjs'
import { ratioTable, ratioText, rowOf } from '../lib/report.mjs'

export const title = 'Client'
export const against = 'fetch, thrown away'

const SHAPES = { 'events in 64 KB writes': '/blocks', 'one write per event': '/events' }

export function jobs({ events }) {
  return Object.keys(SHAPES).map((shape) => ({ name: `${events.toLocaleString('en')} ${shape}`, shape }))
}

const start = (file, ...args) =>
  fork(fileURLToPath(new URL(`../client/${file}`, import.meta.url)), args.map(String), { execArgv: ['--expose-gc'] })

/** Milliseconds for one reading: some clients take a time that grows with the square of the events in a chunk. */
const PATIENCE = 30_000

/** Sends an order to a worker; its answer, or what it died of. */
async function ask(worker, order) {
  if (order) worker.send(order)
  const stop = new AbortController()
  const timer = setTimeout(() => worker.kill('SIGKILL'), PATIENCE)
  try {
    return await Promise.race([
      once(worker, 'message', stop).then(([answer]) => answer),
      once(worker, 'exit', stop).then(([code, signal]) => ({
        unavailable: signal ? `took more than ${PATIENCE / 1000} s` : `ended with code ${code}`,
      })),
    ])
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

export async function run({ shape }, { events, only, clientRounds, clientWarmUp }) {
  const server = start('server.mjs', events)
  const { port, bytes } = await ask(server)
  const url = `http://127.0.0.1:${port}${SHAPES[shape]}`
  const workers = []
  for (const name of Object.keys(clients)) {
    if (only && !only.includes(name)) continue
    const child = start('worker.mjs', name, events)
    const { unavailable } = await ask(child)
    workers.push({ name, child, samples: [], unavailable })
  }
  try {
    for (let round = -clientWarmUp; round < clientRounds; round++) {
      for (const worker of workers) {
        if (worker.unavailable) continue
        const { unavailable, ...sample } = await ask(worker.child, { url })
        worker.unavailable = unavailable
        if (round >= 0 && !unavailable) worker.samples.push(sample)
      }
    }
    for (const worker of workers) {
      if (!worker.unavailable) worker.grown = (await ask(worker.child, { url, memory: true })).grown
    }
  } finally {
    for (const { child } of workers) child.kill()
    server.kill()
  }
  return { rows: workers.map(summaryOf), bytes }
}

function summaryOf({ name, samples, grown, unavailable }) {
  if (unavailable) return { name, failed: unavailable }
  const cpu = summary(samples.map((sample) => sample.cpu))
  return { name, ...summary(samples.map((sample) => sample.ms)), cpu: cpu.median, checksum: samples[0].checksum, grown }
}

export function report(results) {
  const { head, lines } = ratioTable(results, against, 'eventwire connect()')
  const memory = results.map((result) => [
    `${result.name}: MiB alive, at most`,
    '',
    ...head.slice(2).map((name) => mib(rowOf(result, name)?.grown)),
  ])
  const cpu = results.map((result) => [
    `${result.name}: CPU`,
    '',
    ...head.slice(2).map((name) => ratioText((rowOf(result, name)?.cpu ?? Number.NaN) / rowOf(result, against).cpu)),
  ])
  return { head, lines: [...lines, ...cpu, ...memory] }
}

const mib = (bytes) => (bytes === undefined ? '' : (bytes / 2 ** 20).toFixed(1))
