import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { bounded } from '../../../src/redis/wait.js'

/** Blocks the event loop until something is true. */
function blockUntil(isTrue: () => boolean): void {
  while (!isTrue());
}

it('an answer that came while the event loop was blocked is not late', async () => {
  // A server in a thread of its own answers while this one cannot read.
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    const server = require('node:net').createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write('answer', () => Atomics.store(workerData, 0, 1)))
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true, workerData: flag },
  )
  onTestFinished(() => void worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const answer = once(socket, 'data').then(([data]) => String(data))
  let isLate = false
  const waiting = bounded(answer, 20, () => {
    isLate = true
    return new Error('late')
  })
  socket.write('question')
  await new Promise((resolve) => setImmediate(resolve))
  const end = performance.now() + 50
  blockUntil(() => Atomics.load(flag, 0) === 1 && performance.now() > end)
  expect(await waiting).toBe('answer')
  expect(isLate).toBe(false)
})

it('what never answers is late, and no timer stays', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await expect(bounded(once(socket, 'data'), 20, () => new Error('late'))).rejects.toThrow('late')
})
