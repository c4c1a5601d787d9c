import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, vi } from 'vitest'
import { connect } from '../../src/client/connect.js'

const MiB = 1024 * 1024
const DURATION = process.env['EVENTWIRE_CI'] ? 10_000 : 500

it('a slow loop holds a fast server back, and memory stays flat', async () => {
  let written = 0
  let waits = 0
  const block = Buffer.from(`data: ${'x'.repeat(1000)}\n\n`.repeat(64))
  const server = createServer(async (_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    while (!res.destroyed) {
      written += block.length
      if (res.write(block)) continue
      waits++
      await new Promise((resolve) => res.once('drain', resolve))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const connection = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)

  let taken = 0
  const before = process.memoryUsage()
  const started = performance.now()
  for await (const event of connection) {
    expect(event.data).toHaveLength(1000)
    taken++
    if (taken > 50 && performance.now() - started > DURATION) break
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const after = process.memoryUsage()

  expect(waits).toBeGreaterThan(0)
  // What the sockets of both ends and fetch hold, and no more: unhindered it would be hundreds of MiB.
  expect(written).toBeLessThan(32 * MiB)
  expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32 * MiB)

  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

it('an event of 4 MB in chunks of 1 KB is read once, chunk by chunk', async () => {
  const chunk = new Uint8Array(1024).fill(0x61)
  const chunks = 4096
  let pulls = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        pulls++
        if (pulls === 1) controller.enqueue(new TextEncoder().encode('data: '))
        else if (pulls <= chunks + 1) controller.enqueue(chunk)
        else if (pulls === chunks + 2) controller.enqueue(new TextEncoder().encode('\n\n'))
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const fetch = async (): Promise<Response> => new Response(body, { headers: { 'content-type': 'text/event-stream' } })

  // Each search looks at its whole text: what they add up to is the work done.
  const { indexOf } = String.prototype
  let scanned = 0
  const spy = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, ...args) {
    const found = indexOf.apply(this, args)
    scanned += (found === -1 ? this.length : found + 1) - (args[1] ?? 0)
    return found
  })
  const { value } = await connect('http://example.com/', { fetch, reconnect: 'never' }).next()
  spy.mockRestore()
  expect(value.data).toHaveLength(chunks * 1024)
  expect(pulls).toBe(chunks + 2)
  expect(scanned / (chunks * 1024)).toBeLessThan(8)
})
