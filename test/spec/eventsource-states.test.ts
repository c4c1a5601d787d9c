import { equal, isTrue, specify, within, type Source } from './eventsource/specify.js'

function next<E extends Event>(source: Source, type: string): Promise<E> {
  return within(
    type,
    new Promise((resolve) => source.addEventListener(type, (event) => resolve(event as Event as E), { once: true })),
  )
}

specify(
  'readyState goes from CONNECTING to OPEN, back while it reconnects, and to CLOSED',
  async ({ stage, open, record }) => {
    const { url } = await stage([
      [{ event: { retry: 50, data: 'a' } }],
      [{ event: { data: 'b' }, cutAfter: -1 }],
      [{ event: { data: 'c' } }],
      [{ status: 503 }],
    ])
    const source = open(url)
    equal(source.readyState, 0)
    const { until } = record(source)
    const origin = new URL(url).origin
    const message = (data: string) => ({ type: 'message', data, lastEventId: '', origin, readyState: 1 })
    equal(await until(9), [
      { type: 'open', readyState: 1 },
      message('a'),
      { type: 'error', readyState: 0 },
      { type: 'open', readyState: 1 },
      { type: 'error', readyState: 0 },
      { type: 'open', readyState: 1 },
      message('c'),
      { type: 'error', readyState: 0 },
      { type: 'error', readyState: 2 },
    ])
    equal(source.readyState, 2)
  },
)

specify(
  'it opens when the head is there, before any byte of the body',
  async ({ stage, open, record }) => {
    const { url, open: openGate } = await stage([
      [{ headers: {} }, { gate: 'body' }, { event: { data: 'a' } }, { stall: true }],
    ])
    const { until } = record(open(url))
    equal(await until(1), [{ type: 'open', readyState: 1 }])
    await openGate('body')
    equal((await until(2)).length, 2)
  },
  { differs: 'openAtHead' },
)

specify('nothing is dispatched before the constructor has returned and the task is over', async ({ stage, open }) => {
  const { url } = await stage([[{ event: { data: 'a' } }, { stall: true }]])
  const source = open(url)
  let isTaskOver = false
  void Promise.resolve().then(() => (isTaskOver = true))
  await next(source, 'open')
  isTrue(isTaskOver, 'a promise job ran before open')
})

specify('open and error are plain events that neither bubble nor can be cancelled', async ({ stage, open }) => {
  const { url } = await stage([[{ event: { retry: 50, data: 'a' } }]])
  const source = open(url)
  for (const type of ['open', 'error']) {
    const event = await next(source, type)
    isTrue(event.constructor === Event, `${type} is a plain Event`)
    equal([event.type, event.bubbles, event.cancelable, event.defaultPrevented], [type, false, false, false])
    isTrue(event.target === source, `the target of ${type} is the source`)
  }
})

specify('a message is a MessageEvent with data, origin and lastEventId and nothing else', async ({ stage, open }) => {
  const { url } = await stage([[{ event: { id: '7', data: 'a' } }, { stall: true }]])
  const source = open(url)
  const event = await next<MessageEvent>(source, 'message')
  isTrue(event.constructor === MessageEvent, 'it is a MessageEvent')
  equal([event.type, event.data, event.lastEventId, event.origin], ['message', 'a', '7', new URL(url).origin])
  equal([event.bubbles, event.cancelable, event.source ?? null, event.ports.length], [false, false, null, 0])
  isTrue(event.target === source, 'its target is the source')
})

specify(
  'the events are trusted',
  async ({ stage, open }) => {
    const { url } = await stage([[{ event: { data: 'a' } }, { stall: true }]])
    equal((await next(open(url), 'message')).isTrusted, true)
  },
  { differs: 'trusted' },
)

specify('an answer that is lost before its head is asked for again', async ({ stage, open, record }) => {
  const { url } = await stage([
    [{ event: { retry: 50, data: 'a' } }],
    [{ cut: 'reset' }],
    [{ cut: 'reset' }],
    [{ event: { data: 'b' } }, { stall: true }],
  ])
  const source = open(url)
  const { seen } = record(source)
  await next(source, 'message')
  equal((await next<MessageEvent>(source, 'message')).data, 'b')
  isTrue(
    seen.every((event) => event.readyState !== 2),
    'it was never closed',
  )
})

specify(
  'a server that cannot be reached is asked again',
  async ({ stage, open, record }) => {
    const { unreachable } = await stage([])
    const { until } = record(open(unreachable))
    equal(await until(1), [{ type: 'error', readyState: 0 }])
  },
  { differs: 'unreachable' },
)

specify('an empty answer opens, and is asked for again', async ({ stage, open, record }) => {
  const { url } = await stage([
    [{ event: { retry: 50, data: 'a' } }],
    [{ headers: { 'content-length': '0' } }],
    [{ event: { data: 'b' } }, { stall: true }],
  ])
  const { until } = record(open(url))
  const types = (await until(6)).map(({ type }) => type)
  equal(types, ['open', 'message', 'error', 'open', 'error', 'open'])
})
