import { equal, isTrue, specify, thrownBy } from './eventsource/specify.js'

/** What relative URLs are resolved against, where there is a page or a worker. */
const BASE = (globalThis as { document?: { baseURI: string } }).document?.baseURI

specify('without a URL the constructor throws a TypeError', ({ EventSource }) => {
  const Loose = EventSource as unknown as new () => void
  equal(thrownBy(() => new Loose()).name, 'TypeError')
})

specify('the URL argument is made a string, and the url attribute gives it resolved', ({ open }) => {
  const source = open({ toString: () => 'HTTP://127.0.0.1:1/a/../b c?d#e' } as never)
  equal(source.url, 'http://127.0.0.1:1/b%20c?d#e')
  equal(open(new URL('http://127.0.0.1:1/x') as never).url, 'http://127.0.0.1:1/x')
  equal(open(['http://127.0.0.1:1/y'] as never).url, 'http://127.0.0.1:1/y')
})

specify('half of a surrogate pair in the URL is replaced', ({ open }) => {
  equal(open('http://127.0.0.1:1/\ud800').url, 'http://127.0.0.1:1/%EF%BF%BD')
})

for (const value of [1, null, undefined, '', 'a/b?c', '//127.0.0.1:1/x', true]) {
  specify(`the URL ${JSON.stringify(value) ?? 'undefined'} is relative to the page, or does not parse`, ({ open }) => {
    if (BASE) equal(open(value as never).url, new URL(String(value), BASE).href)
    else {
      const error = thrownBy(() => open(value as never))
      isTrue(error instanceof DOMException, 'it throws a DOMException')
      equal(error.name, 'SyntaxError')
    }
  })
}

specify('a symbol cannot be made a string: TypeError', ({ open }) => {
  equal(thrownBy(() => open(Symbol('url') as never)).name, 'TypeError')
})

specify('what the conversion to a string throws comes out', ({ open }) => {
  const toString = (): never => {
    throw new RangeError('mine')
  }
  equal(thrownBy(() => open({ toString } as never)).name, 'RangeError')
})

for (const url of ['http://[::1/', 'https://127.0.0.1:99999/', 'http://']) {
  specify(`the URL ${url} does not parse: a DOMException named SyntaxError, of the code 12`, ({ open }) => {
    const error = thrownBy(() => open(url)) as DOMException
    isTrue(error instanceof DOMException, 'it is a DOMException')
    equal([error.name, error.code], ['SyntaxError', 12])
  })
}

specify(
  'a URL with a space in its host does not parse',
  ({ open }) => {
    equal(thrownBy(() => open('http://this is invalid/')).name, 'SyntaxError')
  },
  { differs: 'spaceInHost' },
)

specify('the init may be missing, undefined or null, and is an object otherwise', ({ EventSource, open }) => {
  const url = 'http://127.0.0.1:1/'
  const Loose = EventSource as unknown as new (url: string, init?: unknown) => EventSource
  for (const init of [undefined, null, {}, [], () => {}]) {
    const source = new Loose(url, init)
    equal(source.withCredentials, false)
    source.close()
  }
  for (const init of [1, 'x', true, Symbol('init')]) {
    equal(thrownBy(() => new Loose(url, init)).name, 'TypeError', typeof init)
  }
  equal(open(url, { withCredentials: undefined }).withCredentials, false)
})

specify('the arguments are converted before the URL is parsed', ({ EventSource }) => {
  const Loose = EventSource as unknown as new (url: string, init?: unknown) => EventSource
  equal(thrownBy(() => new Loose('http://[', 1)).name, 'TypeError')
})

specify('withCredentials is made a boolean', ({ open }) => {
  for (const [value, expected] of [
    [true, true],
    [1, true],
    ['no', true],
    [{}, true],
    [0, false],
    ['', false],
    [null, false],
  ] as const) {
    equal(open('http://127.0.0.1:1/', { withCredentials: value as never }).withCredentials, expected)
  }
})

for (const url of ['mailto:someone@example.com', 'ftp://127.0.0.1/', 'javascript:alert(1)', 'about:blank', 'x:y']) {
  specify(
    `the URL ${url} gives one error event and a closed source`,
    async ({ open, play, record }) => {
      const source = open(url)
      equal([source.url, source.readyState], [new URL(url).href, 0])
      const { seen, until } = record(source)
      await until(1)
      equal(await play(url), [{ type: 'error', readyState: 2 }])
      equal(seen, [{ type: 'error', readyState: 2 }])
    },
    { differs: 'otherSchemes' },
  )
}

specify(
  'a data: URL can be fetched, so it opens',
  async ({ open, record }) => {
    const { until } = record(open('data:text/event-stream,data:%20x%0A%0A'))
    const [first, second] = await until(2)
    equal([first!.type, second!.data], ['open', 'x'])
  },
  { differs: 'dataUrl' },
)

specify('the fragment is not sent', async ({ stage, play }) => {
  const { url, requests } = await stage([])
  await play(`${url}?query#fragment`)
  const [request] = await requests(1)
  equal(request!.url, `${new URL(url).pathname}?query`)
})
