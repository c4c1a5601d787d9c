import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { isEventWireError } from '../../../../src/errors.js'
import { read } from '../../../support/channel/reading.js'

const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('what cannot be published', () => {
  it.each<[string, unknown[]]>([
    ['undefined', ['e', undefined]],
    ['a function', ['e', () => {}]],
    ['a symbol', ['e', Symbol('s')]],
    ['a BigInt', ['e', 1n]],
    ['a BigInt inside', ['e', { deep: [1n] }]],
    ['a circular object', ['e', circular]],
    ['what gives no JSON', ['e', { toJSON: () => undefined }]],
    ['nothing', ['e']],
    ['no event', []],
    ['an event that is no string', [5, {}]],
    ['an event with LF', ['a\nb', {}]],
    ['an event with CR', ['a\rb', {}]],
    ['an event with NUL', ['a\0b', {}]],
    ['an unknown option', ['e', {}, { topics: 'a' }]],
    ['options that are none', ['e', {}, 'topic']],
    ['an empty topic', ['e', {}, { topic: '' }]],
    ['a topic that is no string', ['e', {}, { topic: 5 }]],
    ['several topics', ['e', {}, { topic: ['a', 'b'] }]],
    ['a topic with LF', ['e', {}, { topic: 'a\nb' }]],
    ['a key that is no string', ['e', {}, { conflateKey: 5 }]],
    ['ephemeral as text', ['e', {}, { ephemeral: 'yes' }]],
  ])('%s: a TypeError, and nothing is published', async (_, values) => {
    const channel = createChannel()
    const reading = await read(channel)
    const before = await channel.publish('e', 'before')
    const publish = channel.publish as (...all: unknown[]) => Promise<string>
    const error: unknown = await publish(...values).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(isEventWireError(error)).toBe(true)
    const after = await channel.publish('e', 'after')
    expect(Number(after.split('-')[1])).toBe(Number(before.split('-')[1]) + 1)
    expect(await reading.data(2)).toEqual(['before', 'after'])
    await channel.close()
  })

  it('names the option that is wrong', async () => {
    const channel = createChannel()
    await expect(channel.publish('e', 1, { topik: 'a' } as never)).rejects.toMatchObject({ option: 'topik' })
    await expect(channel.publish('e', 1, { topic: '' })).rejects.toMatchObject({ option: 'topic' })
  })

  it('an option left undefined counts as left out', async () => {
    const channel = createChannel()
    await channel.publish('e', 1, { topic: undefined, conflateKey: undefined, ephemeral: undefined })
    await channel.publish('e', 1, undefined)
  })
})

describe('what is published', () => {
  it.each<[unknown, string]>([
    ['text', 'data: text'],
    ['', 'data: '],
    ['two\nlines', 'data: two\ndata: lines'],
    ['"json"', 'data: "json"'],
    [{ a: [1, null] }, 'data: {"a":[1,null]}'],
    [0, 'data: 0'],
    [null, 'data: null'],
    [false, 'data: false'],
    [new Date(0), 'data: "1970-01-01T00:00:00.000Z"'],
  ])('%j goes as %j', async (data, line) => {
    const channel = createChannel()
    const reading = await read(channel)
    const id = await channel.publish('e', data)
    await channel.close()
    await reading.end()
    expect(reading.text).toContain(`\n\nevent: e\n${line}\nid: ${id}\n\n`)
  })

  it('is what `serialize` makes of it, strings too', async () => {
    const calls: unknown[] = []
    const channel = createChannel<{ a: string; b: number }>({
      serialize: (data, event) => {
        calls.push([data, event])
        return `<${data}>`
      },
    })
    const reading = await read(channel)
    await channel.publish('a', 'x')
    await channel.publish('b', 1)
    expect(await reading.data(2)).toEqual(['<x>', '<1>'])
    expect(calls).toEqual([
      ['x', 'a'],
      [1, 'b'],
    ])
    await channel.close()
  })

  it.each([undefined, 5, null])('is not what `serialize` makes where that is %j', async (text) => {
    const channel = createChannel({ serialize: () => text as never })
    await expect(channel.publish('e', 1)).rejects.toThrow(TypeError)
  })

  it('does not change with the object it was', async () => {
    const channel = createChannel<{ e: { n: number } }>({ filter: ({ data }) => data.n === 1 })
    const data = { n: 1 }
    await channel.publish('e', data)
    data.n = 2
    const reading = await read(channel, { lastEventId: (await channel.publish('e', data)).replace(/\d+$/, '0') })
    await channel.close()
    await reading.end()
    expect(reading.events.map((event) => event.data)).toEqual(['{"n":1}'])
  })

  it('has no event field where the type is message', async () => {
    const channel = createChannel()
    const reading = await read(channel)
    await channel.publish('message', 'x')
    await channel.publish('', 'y')
    expect(await reading.data(2)).toEqual(['x', 'y'])
    expect(reading.text).not.toContain('event:')
    await channel.close()
  })
})

describe('the id of an event', () => {
  it('is an epoch and a sequence, which counts from 1', async () => {
    const channel = createChannel()
    const ids = [await channel.publish('e', 1), await channel.publish('e', 2), await channel.publish('e', 3)]
    const [epoch] = ids[0]!.split('-')
    expect(epoch).toMatch(/^[a-z0-9]{8,16}$/)
    expect(ids).toEqual([`${epoch}-1`, `${epoch}-2`, `${epoch}-3`])
  })

  it('is of another epoch in another channel', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => createChannel().publish('e', 1)))
    expect(new Set(ids).size).toBe(20)
  })

  it('keeps the order of calls that nobody awaits', async () => {
    const channel = createChannel()
    const reading = await read(channel)
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => channel.publish('e', n)))
    expect(await reading.data(100)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(reading.events.map(({ id }) => id)).toEqual(ids)
    await channel.close()
  })
})

describe('publishing after the end', () => {
  it('is refused', async () => {
    const channel = createChannel()
    await channel.close()
    const error: unknown = await channel.publish('e', 1).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_CHANNEL_CLOSED', name: 'ChannelClosedError' })
    expect(isEventWireError(error)).toBe(true)
  })
})

it('refuses a key for an ephemeral event, which nothing could tell from the one before', async () => {
  const channel = createChannel({ onError() {} })
  await expect(channel.publish('n', 1, { ephemeral: true, key: 'k' })).rejects.toMatchObject({ option: 'key' })
  await channel.publish('n', 1, { ephemeral: false, key: 'k' })
  await channel.close()
})
