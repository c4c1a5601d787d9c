import { expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { read } from '../../../support/channel/reading.js'

it.each([10, 400])('a publish to one topic asks about the readers of it alone, among %i', async (count) => {
  let asked = 0
  const channel = createChannel({
    authorize: ({ url }) => url.pathname,
    topics: (path) => path,
    filter: () => {
      asked++
      return true
    },
    metrics: { sent: (events) => void (sent += events) },
  })
  let sent = 0
  for (let n = 0; n < count; n++) await read(channel, { url: `http://localhost/${n}` })
  for (let n = 0; n < 50; n++) void channel.publish('e', n, { topic: `/${n % 5}` })
  await channel.close()
  expect([asked, sent]).toEqual([50, 50])
})

it('walks no reader that an event is not for', async () => {
  const channel = createChannel({ topics: (_, { url }) => url.pathname })
  const readings = await Promise.all(
    Array.from({ length: 100 }, (_, n) => read(channel, { url: `http://localhost/${n}` })),
  )
  let looks = 0
  for (const reader of channel.readers as Iterable<{ phase: unknown }>) {
    const { phase } = reader
    Object.defineProperty(reader, 'phase', {
      get: () => {
        looks++
        return Object.getPrototypeOf(reader) && phase
      },
      configurable: true,
    })
  }
  void channel.publish('e', 1, { topic: '/7' })
  expect(await readings[7]!.data(1)).toEqual([1])
  expect(looks).toBeLessThan(10)
  for (const reader of channel.readers) delete (reader as { phase?: unknown }).phase
  await channel.close()
})
