import { equal, isTrue, specify, within, type Setting, type Source } from './eventsource/specify.js'

const NAMES = ['open', 'error', 'message', 'close', '__proto__', 'toString', 'constructor', 'on', 'ü€', 'a b']

specify('an event comes as a MessageEvent of its type, whatever that is', async ({ stage, open, record }) => {
  const { url } = await stage([
    [{ bytes: NAMES.map((name) => `event: ${name}\ndata: for ${name}\n\n`).join('') }, { stall: true }],
  ])
  const { seen, until } = record(open(url), NAMES)
  await until(NAMES.length + 1)
  const messages = seen.filter(({ data }) => data !== undefined)
  equal(
    messages.map(({ type, data, readyState }) => [type, data, readyState]),
    NAMES.map((name) => [name, `for ${name}`, 1]),
  )
})

specify('an error event of the server does no harm to the connection', async ({ stage, open }) => {
  const { url } = await stage([[{ bytes: 'event: error\ndata: x\n\ndata: y\n\n' }, { stall: true }]])
  const source = open(url)
  const heard: unknown[] = []
  source.addEventListener('error', (event) => heard.push((event as MessageEvent).data, source.readyState))
  await within('the message', new Promise((resolve) => source.addEventListener('message', resolve)))
  equal(heard, ['x', 1])
})

specify('types are compared as they stand', async ({ stage, open, record }) => {
  const { url } = await stage([
    [{ bytes: 'event: A\ndata: 1\n\nevent:  a\ndata: 2\n\nevent: a\ndata: 3\n\n' }, { stall: true }],
  ])
  const [first] = await record(open(url), ['a']).until(1)
  equal(first!.data, '3')
})

specify(
  'a listener that throws is reported, the others are called, and the stream goes on',
  async (setting) => {
    const { url, open: openGate } = await setting.stage([
      [{ event: { data: '1' } }, { gate: 'more' }, { event: { data: '2' } }, { stall: true }],
    ])
    const mine = new Error('of a listener')
    const reported = await setting.reported(async () => {
      const source = setting.open(url)
      source.addEventListener('message', (event) => {
        if (event.data === '1') throw mine
      })
      source.addEventListener('open', () => {
        throw mine
      })
      const { seen, until } = setting.record(source)
      await until(2)
      await openGate('more')
      await until(3)
      equal(
        seen.map(({ type, data }) => data ?? type),
        ['open', '1', '2'],
      )
      equal(source.readyState, 1)
    })
    equal(reported.length, 2)
    isTrue(
      reported.every((error) => error === mine),
      'it is the error that was thrown',
    )
  },
  { alone: true },
)

specify(
  'an event handler that throws is reported, and the stream goes on',
  async (setting) => {
    const { url } = await setting.stage([[{ event: { data: '1' } }, { event: { data: '2' } }, { stall: true }]])
    const reported = await setting.reported(async () => {
      const source = setting.open(url)
      source.onmessage = () => {
        throw new RangeError('of a handler')
      }
      await setting.record(source).until(3)
    })
    equal(
      reported.map((error) => (error as Error).name),
      ['RangeError', 'RangeError'],
    )
  },
  { alone: true },
)

function next({ bound }: Setting, source: Source, type: string): Promise<string> {
  const promise = new Promise<string>((resolve) => {
    source.addEventListener(type, (event) => resolve((event as MessageEvent<string>).data), { once: true })
  })
  return within(type, promise, bound)
}

specify(
  'each event is a task: who awaits one and then listens for the next misses none',
  async (setting) => {
    const { url } = await setting.stage([
      [{ bytes: 'data: 1\n\ndata: 2\n\nevent: x\ndata: 3\n\ndata: 4\n\n' }, { stall: true }],
    ])
    const source = setting.open(url)
    const heard: string[] = []
    for (const type of ['message', 'message', 'x', 'message']) {
      heard.push(await next(setting, source, type))
      for (let hop = 0; hop < 20; hop++) await undefined
    }
    equal(heard, ['1', '2', '3', '4'])
  },
  { differs: 'eventIsTask' },
)

specify(
  'promise jobs run between two listeners of one event',
  async (setting) => {
    const { url } = await setting.stage([[{ event: { data: 'a' } }, { stall: true }]])
    const source = setting.open(url)
    const heard: string[] = []
    source.addEventListener('message', () => void Promise.resolve().then(() => heard.push('job')))
    source.addEventListener('message', () => heard.push('second'))
    await next(setting, source, 'message')
    equal(heard, ['job', 'second'])
  },
  { differs: 'jobsBetweenListeners' },
)

specify(
  'who awaits open and then listens misses no message',
  async (setting) => {
    // By hand, because head and body have to arrive together.
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'
    const { url } = await setting.stage([[{ raw: `${head}data: 1\n\n` }, { stall: true }]])
    const source = setting.open(url)
    await next(setting, source, 'open')
    for (let hop = 0; hop < 20; hop++) await undefined
    equal(await next(setting, source, 'message'), '1')
  },
  { differs: 'openIsTask' },
)

specify('listeners may be objects, once, aborted and removed, as on any target', async (setting) => {
  const { url } = await setting.stage([[{ bytes: 'data: 1\n\ndata: 2\n\nevent: end\ndata\n\n' }, { stall: true }]])
  const source = setting.open(url)
  const heard: string[] = []
  const listener = {
    handleEvent(event: MessageEvent<string>) {
      heard.push(`object ${event.data} ${this === listener}`)
    },
  }
  const removed = (): void => void heard.push('removed')
  const controller = new AbortController()
  source.addEventListener('message', listener)
  source.addEventListener('message', listener)
  source.addEventListener('message', (event) => heard.push(`once ${event.data}`), { once: true })
  source.addEventListener('message', removed)
  source.removeEventListener('message', removed)
  source.addEventListener('message', () => heard.push('aborted'), { signal: controller.signal })
  controller.abort()
  await next(setting, source, 'end')
  equal(heard, ['object 1 true', 'once 1', 'object 2 true'])
})

specify('events of a script can be dispatched on it, at any time', ({ open }) => {
  const source = open('http://127.0.0.1:1/')
  const heard: string[] = []
  source.onmessage = (event) => heard.push(event.data as string)
  source.dispatchEvent(new MessageEvent('message', { data: 'a' }))
  source.close()
  source.dispatchEvent(new MessageEvent('message', { data: 'b' }))
  equal(heard, ['a', 'b'])
})
