import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { createChannel, type Channel } from '../../../../src/server/channel/create-channel.js'
import type { ChannelOptions } from '../../../../src/server/channel/channel-options.js'
import { rawGet, serve, until } from '../../../support/servers/http.js'
import { read } from '../../../support/channel/reading.js'

type Options = ChannelOptions<Record<string, unknown>, unknown>
type Hook = () => never

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Each function of the user, put where the channel calls it. */
const HOOKS: Record<string, (hook: Hook) => Options> = {
  authorize: (authorize) => ({ authorize }),
  topics: (topics) => ({ topics }),
  'limit.by': (by) => ({ limit: { by, max: 1000 } }),
  onConnect: (onConnect) => ({ onConnect }),
  onDisconnect: (onDisconnect) => ({ onDisconnect }),
  snapshot: (snapshot) => ({ snapshot }),
  filter: (filter) => ({ filter }),
  serialize: (serialize) => ({ serialize }),
  'cors.origin': (origin) => ({ cors: { origin } }),
  ...Object.fromEntries(
    ['open', 'close', 'refused', 'gap', 'published', 'sent', 'evicted'].map((name) => [
      `metrics.${name}`,
      (hook: Hook) => ({ metrics: { [name]: hook }, ...(name === 'refused' && { maxConnections: 2 }) }),
    ]),
  ),
}

const WAYS: Record<string, () => unknown> = {
  throws: () => {
    throw new Error('hook')
  },
  rejects: () => Promise.reject(new Error('hook')),
  'never settles': () => new Promise(() => {}),
}

/** Hooks that must answer at once: to take their time is an error too. */
const AT_ONCE = /^(limit\.by|filter|serialize|cors\.origin)$/

function expectNoUnhandled(): void {
  const unhandled: unknown[] = []
  const listener = (reason: unknown): unknown => unhandled.push(reason)
  process.on('unhandledRejection', listener)
  onTestFinished(() => {
    process.off('unhandledRejection', listener)
    expect(unhandled).toEqual([])
  })
}

/** Readers of both worlds, one that asks for what is gone, publishes that nobody awaits. */
async function use(channel: Channel): Promise<void> {
  await using server = await serve(channel.node)
  const headers = { origin: 'http://elsewhere.example' }
  const web = [{}, { lastEventId: 'gone' }, {}, {}].map((options) => read(channel, { headers, ...options }))
  for (const each of web) each.catch(() => {})
  const sockets = await Promise.all([1, 2, 3].map(() => rawGet(server.port, headers)))
  for (let n = 0; n < 5; n++) await turn()
  for (let n = 0; n < 3; n++) {
    channel.publish('e', n).catch(() => {})
    void channel.publish('e', n)
    await turn()
  }
  for (const socket of sockets) socket.destroy()
  for (let n = 0; n < 5; n++) await turn()
}

for (const [name, optionsOf] of Object.entries(HOOKS)) {
  it.each(Object.entries(WAYS))(`${name} that %s harms nobody else, and nothing stays`, async (how, hook) => {
    expectNoUnhandled()
    const errors: unknown[] = []
    let calls = 0
    const options = optionsOf((() => {
      calls++
      return hook()
    }) as Hook)
    const channel = createChannel({ ...options, heartbeat: 0, onError: (error) => void errors.push(error) })
    await use(channel)
    if (name !== 'metrics.evicted') expect(calls).toBeGreaterThan(0)
    const isTold = how !== 'never settles' || AT_ONCE.test(name)
    if (calls > 0 && isTold) expect(errors.length).toBeGreaterThan(0)
    if (how === 'never settles' && !AT_ONCE.test(name)) expect(errors).toEqual([])
    await channel.close()
    expect(channel.connections).toBe(0)
    expect([...channel.readers]).toEqual([])
    await turn()
  })
}

it.each(Object.keys(WAYS))('an onError that %s harms nobody', async (how) => {
  expectNoUnhandled()
  const { error: log } = console
  console.error = () => {}
  onTestFinished(() => void (console.error = log))
  const channel = createChannel({
    onError: WAYS[how]!,
    filter() {
      throw new Error('filter')
    },
  })
  await use(channel)
  await channel.close()
  await turn()
})

it('onDisconnect waits until onConnect is over, however long that takes', async () => {
  const told: string[] = []
  let end!: () => void
  const channel = createChannel({
    onConnect: () => new Promise<void>((resolve) => (end = resolve)).then(() => void told.push('connected')),
    onDisconnect: (_, reason) => void told.push(reason),
  })
  await using server = await serve(channel.node)
  const socket = await rawGet(server.port)
  await until(() => channel.connections === 1 && end !== undefined)
  socket.destroy()
  await once(socket, 'close')
  await until(() => channel.connections === 0)
  for (let n = 0; n < 5; n++) await turn()
  expect(told).toEqual([])
  end()
  await turn()
  expect(told).toEqual(['connected', 'disconnected'])
  await channel.close()
})

it('an onConnect that fails once its reader has left is followed by onDisconnect, and told', async () => {
  const told: unknown[] = []
  let fail!: (error: Error) => void
  const channel = createChannel({
    onConnect: () => new Promise<void>((_, reject) => (fail = reject)),
    onDisconnect: (_, reason) => void told.push(reason),
    onError: (error) => void told.push((error as Error).message),
  })
  const reading = await read(channel)
  await turn()
  await reading.cancel()
  fail(new Error('late'))
  await turn()
  expect(told).toEqual(['late', 'disconnected'])
  await channel.close()
})
