import { equal, isTrue, specify } from './eventsource/specify.js'

const UNREACHABLE = 'http://127.0.0.1:1/'
const NAMES = ['onopen', 'onmessage', 'onerror'] as const

specify('a handler is null until it is set, takes functions and objects, and nothing else', ({ open }) => {
  const source = open(UNREACHABLE) as unknown as Record<string, unknown>
  for (const name of NAMES) {
    equal(source[name], null, name)
    const handler = (): void => {}
    source[name] = handler
    isTrue(source[name] === handler, `${name} gives back the function`)
    for (const value of [null, undefined, 1, 'alert()', true, Symbol('handler')]) {
      source[name] = handler
      source[name] = value
      equal(source[name], null, name)
    }
  }
})

specify('an object that cannot be called is kept, and does nothing', ({ open }) => {
  const source = open(UNREACHABLE) as unknown as EventTarget & Record<string, unknown>
  const object = { handleEvent: () => isTrue(false, 'handleEvent is not called') }
  source['onmessage'] = object
  isTrue(source['onmessage'] === object, 'onmessage gives back the object')
  source.dispatchEvent(new Event('message'))
})

specify(
  'a handler is called with the event, and the source as this',
  async ({ stage, open }) => {
    const { url } = await stage([[{ event: { retry: 50, data: 'a' } }]])
    const source = open(url)
    const calls: [string, boolean, number][] = []
    await new Promise<void>((resolve) => {
      for (const name of NAMES) {
        source[name] = function (this: unknown, ...args: Event[]) {
          calls.push([args[0]!.type, this === source, args.length])
          if (name === 'onerror') resolve()
        }
      }
    })
    equal(calls, [
      ['open', true, 1],
      ['message', true, 1],
      ['error', true, 1],
    ])
  },
  { differs: 'handlerThis' },
)

specify(
  'a handler has the place of its first setting among the listeners, and keeps it',
  ({ open }) => {
    const source = open(UNREACHABLE)
    const heard: string[] = []
    source.addEventListener('message', () => heard.push('before'))
    source.onmessage = () => heard.push('old')
    source.addEventListener('message', () => heard.push('after'))
    source.onmessage = () => heard.push('new')
    source.dispatchEvent(new Event('message'))
    equal(heard, ['before', 'new', 'after'])
  },
  { differs: 'handlerPlace' },
)

specify(
  'with null a handler loses its place',
  ({ open }) => {
    const source = open(UNREACHABLE)
    const heard: string[] = []
    source.onmessage = () => heard.push('handler')
    source.addEventListener('message', () => heard.push('listener'))
    source.onmessage = null
    source.dispatchEvent(new Event('message'))
    equal(heard, ['listener'])
    source.onmessage = () => heard.push('handler')
    source.dispatchEvent(new Event('message'))
    equal(heard, ['listener', 'listener', 'handler'])
  },
  { differs: 'nullHandler' },
)

specify(
  'a function that is a listener and a handler is called twice',
  ({ open }) => {
    const source = open(UNREACHABLE)
    let calls = 0
    const both = (): void => void calls++
    source.addEventListener('message', both)
    source.onmessage = both
    source.dispatchEvent(new Event('message'))
    source.removeEventListener('message', both)
    source.dispatchEvent(new Event('message'))
    equal(calls, 3)
  },
  { differs: 'handlerAndListener' },
)

specify(
  'a handler that is replaced while its event is dispatched: the new one counts',
  ({ open }) => {
    const source = open(UNREACHABLE)
    const heard: string[] = []
    source.addEventListener('message', () => (source.onmessage = () => heard.push('new')), { once: true })
    source.onmessage = () => heard.push('old')
    source.dispatchEvent(new Event('message'))
    equal(heard, ['new'])
  },
  { differs: 'handlerPlace' },
)

specify(
  'a handler that returns false cancels an event that can be cancelled',
  ({ open }) => {
    const source = open(UNREACHABLE)
    source.onmessage = () => false
    equal(source.dispatchEvent(new Event('message', { cancelable: true })), false)
    source.onmessage = () => undefined
    equal(source.dispatchEvent(new Event('message', { cancelable: true })), true)
  },
  { differs: 'handlerReturn' },
)
