import { once } from 'node:events'
import { createChannel } from 'eventwire/server'
import { expect, it } from 'vitest'
import { run } from '../support/cli.js'
import { serve } from '../support/servers/http.js'

it('opens all connections, measures, and leaves none behind', async () => {
  const channel = createChannel<{ tick: { at: number } }>()
  await using server = await serve(channel.node)
  const timer = setInterval(() => void channel.publish('tick', { at: Date.now() }), 20)
  const args = ['-c', '200', '--ramp', '300ms', '--for', '1s', '--timeout', '1m', '--sent-at', 'at', '--json']
  const { code, stdout, stderr } = await run(['load', server.url, ...args])
  clearInterval(timer)
  expect(stderr).toBe('')
  const sum = JSON.parse(stdout) as {
    opened: number
    stayed: number
    failed: number
    events: number
    latencies: object
  }
  expect(sum).toMatchObject({ opened: 200, stayed: 200, failed: 0 })
  expect(sum.events).toBeGreaterThan(200)
  expect(Object.keys(sum.latencies)).toEqual(['open', 'first event', 'delivery'])
  expect(code).toBe(0)
  for (const socket of server.sockets) await once(socket, 'close')
  await channel.close()
})

it('says how connections failed', async () => {
  await using server = await serve((_request, response) => response.writeHead(503).end())
  const { code, stdout } = await run(['load', server.url, '-c', '5', '--ramp', '0s', '--for', '20s'])
  expect(stdout).toContain('0 of 5 opened, 0 stayed, 5 failed')
  expect(stdout).toContain('status 503: 5')
  expect(code).toBe(1)
})
