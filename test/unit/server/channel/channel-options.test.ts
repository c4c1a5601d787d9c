import { describe, expect, it } from 'vitest'
import { createChannel } from '../../../../src/server/channel/create-channel.js'
import { OptionError } from '../../../../src/errors/option-error.js'

describe('options of a channel', () => {
  it.each<[string, unknown]>([
    ['hartbeat', { hartbeat: 1 }],
    ['__proto__', JSON.parse('{"__proto__": 1}')],
    ['toString', { toString: () => '' }],
    ['history', { history: 5 }],
    ['history', { history: null }],
    ['history.size', { history: { size: -1 } }],
    ['history.size', { history: { size: NaN } }],
    ['history.size', { history: { size: 1.5 } }],
    ['history.size', { history: { size: '10' } }],
    ['history.maxAge', { history: { maxAge: -1 } }],
    ['history.maxBytes', { history: { maxBytes: 1n } }],
    ['history.length', { history: { length: 5 } }],
    ['transport', { transport: {} }],
    ['transport', { transport: null }],
    ['heartbeat', { heartbeat: -1 }],
    ['heartbeat', { heartbeat: Infinity }],
    ['heartbeat', { heartbeat: 2 ** 31 }],
    ['heartbeat', { heartbeat: true }],
    ['retry', { retry: 1.5 }],
    ['retry', { retry: -1 }],
    ['retry', { retry: Infinity }],
    ['maxConnections', { maxConnections: 2.5 }],
    ['maxAge', { maxAge: -5 }],
    ['maxConnections', { maxConnections: 0 }],
    ['maxConnections', { maxConnections: '5' }],
    ['flush', { flush: -1 }],
    ['slow', { slow: 'drop' }],
    ['slow.policy', { slow: { policy: 'ignore' } }],
    ['slow.maxBytes', { slow: { maxBytes: 0 } }],
    ['slow.stall', { slow: { stall: 0 } }],
    ['slow.stall', { slow: { stall: NaN } }],
    ['authorize', { authorize: 'yes' }],
    ['topics', { topics: ['a'] }],
    ['filter', { filter: {} }],
    ['snapshot', { snapshot: [] }],
    ['gapEvent', { gapEvent: '' }],
    ['gapEvent', { gapEvent: 'a\nb' }],
    ['gapEvent', { gapEvent: 5 }],
    ['serialize', { serialize: JSON }],
    ['metrics', { metrics: () => {} }],
    ['metrics.open', { metrics: { open: 5 } }],
    ['metrics.opened', { metrics: { opened: () => {} } }],
    ['onError', { onError: console }],
  ])('that make no sense are refused by name: %s', (option, options) => {
    const create = (): unknown => createChannel(options as never)
    expect(create).toThrow(OptionError)
    expect(create).toThrow(expect.objectContaining({ option, code: 'ERR_OPTION' }))
    expect(create).toThrow(TypeError)
  })

  it.each<[unknown]>([['x'], [5], [null]])('that are none, such as %j, are refused', (options) => {
    expect(() => createChannel(options as never)).toThrow(TypeError)
  })

  it.each<[object]>([
    [{}],
    [{ heartbeat: undefined, slow: undefined, history: {} }],
    [{ heartbeat: 0, retry: 0, maxAge: 0, flush: 0, maxConnections: Infinity }],
    [{ history: { size: 0, maxAge: 0, maxBytes: 0 } }],
    [{ history: { size: Infinity, maxAge: Infinity, maxBytes: Infinity } }],
    [{ slow: { maxBytes: Infinity, stall: Infinity, policy: 'drop' } }],
    [{ metrics: {} }],
  ])('that make sense are taken: %j', async (options) => {
    await createChannel(options).close()
  })

  it.each([{ drain: -1 }, { drain: 'soon' }, { wait: 5 }])(
    'of close that make no sense are refused: %j',
    async (options) => {
      const channel = createChannel()
      await expect(channel.close(options as never)).rejects.toThrow(OptionError)
      await channel.publish('e', 'still open')
      await channel.close()
    },
  )
})
