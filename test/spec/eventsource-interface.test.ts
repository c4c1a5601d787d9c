import { equal, isTrue, sorted, specify, thrownBy } from './eventsource/specify.js'

const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSED: 2 }
const READ_ONLY = ['url', 'withCredentials', 'readyState']
const HANDLERS = ['onopen', 'onmessage', 'onerror']
const UNREACHABLE = 'http://127.0.0.1:1/'

specify('the class inherits from EventTarget and takes one argument at least', ({ EventSource }) => {
  equal(typeof EventSource, 'function')
  equal([EventSource.name, EventSource.length], ['EventSource', 1])
  isTrue(Object.getPrototypeOf(EventSource) === EventTarget, 'the class inherits from EventTarget')
  isTrue(Object.getPrototypeOf(EventSource.prototype) === EventTarget.prototype, 'so does its prototype')
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(EventSource, 'prototype')!
  equal([writable, enumerable, configurable], [false, false, false], 'the descriptor of prototype')
})

specify('the constants are on the class and on its prototype, for good', ({ EventSource }) => {
  for (const [name, value] of Object.entries(CONSTANTS)) {
    for (const owner of [EventSource, EventSource.prototype]) {
      const expected = { value, writable: false, enumerable: true, configurable: false }
      equal(Object.getOwnPropertyDescriptor(owner, name), expected, name)
    }
  }
})

specify('the read-only attributes are accessors of the prototype', ({ EventSource }) => {
  for (const name of READ_ONLY) {
    const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(EventSource.prototype, name)!
    equal([get?.name, get?.length, set, enumerable, configurable], [`get ${name}`, 0, undefined, true, true], name)
  }
})

specify('the event handlers are accessors of the prototype', ({ EventSource }) => {
  for (const name of HANDLERS) {
    const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(EventSource.prototype, name)!
    equal([get?.name, set?.name, set?.length], [`get ${name}`, `set ${name}`, 1], name)
    equal([enumerable, configurable], [true, true], name)
  }
})

specify('close is a method without arguments', ({ EventSource }) => {
  const { value, ...flags } = Object.getOwnPropertyDescriptor(EventSource.prototype, 'close')!
  equal([(value as () => void).name, (value as () => void).length], ['close', 0])
  equal(flags, { writable: true, enumerable: true, configurable: true })
})

specify(
  'it has the class string EventSource',
  ({ EventSource, open }) => {
    equal(Object.prototype.toString.call(open(UNREACHABLE)), '[object EventSource]')
    equal(Object.getOwnPropertyDescriptor(EventSource.prototype, Symbol.toStringTag), {
      value: 'EventSource',
      writable: false,
      enumerable: false,
      configurable: true,
    })
  },
  { differs: 'classString' },
)

specify('the prototype has no other string key, the class none but the constants', ({ EventSource }) => {
  equal(
    sorted(Object.getOwnPropertyNames(EventSource.prototype)),
    sorted([...Object.keys(CONSTANTS), ...READ_ONLY, ...HANDLERS, 'close', 'constructor']),
  )
  equal(sorted(Object.keys(EventSource)), sorted(Object.keys(CONSTANTS)))
})

specify('an object has no property of its own', ({ open }) => {
  const source = open(UNREACHABLE)
  source.onopen = () => {}
  equal(
    Reflect.ownKeys(source).filter((key) => typeof key === 'string'),
    [],
  )
})

specify('for...in shows the attributes, the constants and the methods', ({ open }) => {
  const shown: string[] = []
  for (const key in open(UNREACHABLE)) shown.push(key)
  for (const key of [...Object.keys(CONSTANTS), ...READ_ONLY, ...HANDLERS, 'close', 'addEventListener']) {
    isTrue(shown.includes(key), `for...in shows ${key}`)
  }
})

specify('it cannot be called without new', ({ EventSource }) => {
  const call = EventSource as unknown as (url: string) => void
  equal(thrownBy(() => call(UNREACHABLE)).name, 'TypeError')
})

specify('the attributes belong to objects of the class alone', ({ EventSource }) => {
  for (const name of [...READ_ONLY, ...HANDLERS]) {
    const { get } = Object.getOwnPropertyDescriptor(EventSource.prototype, name)!
    equal(thrownBy(() => get!.call({})).name, 'TypeError', name)
    equal(thrownBy(() => get!.call(EventSource.prototype)).name, 'TypeError', name)
  }
  equal(thrownBy(() => EventSource.prototype.close.call({} as never)).name, 'TypeError')
})

specify('assigning to a read-only attribute or a constant throws and changes nothing', ({ EventSource, open }) => {
  const source = open(UNREACHABLE) as unknown as Record<string, unknown>
  for (const name of [...READ_ONLY, ...Object.keys(CONSTANTS)]) {
    const before = source[name]
    equal(thrownBy(() => (source[name] = 7)).name, 'TypeError', name)
    equal(source[name], before, name)
  }
  equal(thrownBy(() => ((EventSource as unknown as Record<string, unknown>)['OPEN'] = 7)).name, 'TypeError')
})

specify('a class can extend it', async ({ EventSource, stage, subject }) => {
  class Counting extends EventSource {
    count = 0
    override close(): void {
      this.count++
      super.close()
    }
  }
  const { url } = await stage([[{ stall: true }]])
  const source = new Counting(url)
  isTrue(source instanceof EventSource && source instanceof EventTarget, `it is an EventSource (${subject})`)
  source.close()
  equal([source.count, source.readyState], [1, 2])
})
