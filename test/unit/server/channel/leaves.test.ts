import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { createChannel, type ChannelEvents } from '../../../../src/server/channel/create-channel.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The hooks that may take their time. */
const HOOKS = {
  authorize: { me: 1 },
  topics: 'a',
  onConnect: undefined,
  snapshot: [],
} as const

it.each(
  Object.entries(HOOKS).flatMap(([hook, value]) =>
    ['before it settles', 'after it settles', 'and it rejects', 'and it never settles'].map(
      (when) => [hook, when, value] as const,
    ),
  ),
)('100 that leave in %s, %s, leave nothing', async (hook, when, value) => {
  const waiting: ((settle: 'resolve' | 'reject') => void)[] = []
  const opened: unknown[] = []
  const left: unknown[] = []
  const channel = createChannel({
    limit: { by: () => 'one', max: 100, beyond: 'refuse' },
    metrics: { open: () => void opened.push(1), close: (reason) => void left.push(reason) },
    onError: () => {},
    [hook]: () =>
      new Promise((resolve, reject) => {
        waiting.push((settle) => (settle === 'resolve' ? resolve(value) : reject(new Error('late'))))
      }),
  })
  for (let round = 0; round < 2; round++) {
    const controllers = Array.from({ length: 100 }, () => new AbortController())
    const requests = controllers.map(({ signal }) => new Request('http://localhost/', { signal }))
    const answers = requests.map((request) => channel.fetch(request))
    while (waiting.length < 100) await turn()
    const settle = (): void => {
      for (const each of waiting.splice(0)) each(when === 'and it rejects' ? 'reject' : 'resolve')
    }
    if (when === 'after it settles') settle()
    for (const controller of controllers) controller.abort()
    if (when === 'and it never settles') waiting.length = 0
    else settle()
    if (when !== 'and it never settles' || hook === 'onConnect' || hook === 'snapshot') await Promise.all(answers)
    await turn()
    await turn()
    expect(channel.connections).toBe(0)
    expect([...channel.readers]).toEqual([])
    expect(left.length).toBe(opened.length)
    for (const { signal } of requests) expect(getEventListeners(signal, 'abort')).toEqual([])
  }
  await channel.close()
})

it.each(['before it settles', 'and it rejects', 'and it never settles'])(
  '100 that leave while they are authorized again, %s, leave nothing',
  async (when) => {
    const waiting: ((settle: 'resolve' | 'reject') => void)[] = []
    const known = new WeakSet<object>()
    const reasons: string[] = []
    const errors: unknown[] = []
    const channel = createChannel<ChannelEvents, unknown>({
      reauthorize: 20,
      authorize(request) {
        if (known.has(request)) {
          return new Promise((resolve, reject) => {
            waiting.push((settle) => (settle === 'resolve' ? resolve('me') : reject(new Error('late'))))
          })
        }
        known.add(request)
        return 'me'
      },
      onDisconnect: (_, reason) => void reasons.push(reason),
      onError: (error) => void errors.push(error),
    })
    const controllers = Array.from({ length: 100 }, () => new AbortController())
    const requests = controllers.map(({ signal }) => new Request('http://localhost/', { signal }))
    await Promise.all(requests.map((request) => channel.fetch(request)))
    while (waiting.length < 100) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const controller of controllers) controller.abort()
    if (when !== 'and it never settles') {
      for (const each of waiting) each(when === 'and it rejects' ? 'reject' : 'resolve')
    }
    await turn()
    await turn()
    expect(channel.connections).toBe(0)
    expect(new Set(reasons)).toEqual(new Set(['disconnected']))
    expect(reasons.length).toBe(100)
    // Who has left is nobody's trouble.
    expect(errors).toEqual([])
    for (const { signal } of requests) expect(getEventListeners(signal, 'abort')).toEqual([])
    await channel.close()
  },
)
