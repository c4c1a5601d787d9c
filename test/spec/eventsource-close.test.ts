import { equal, specify, within, type Setting } from './eventsource/specify.js'

/** Lets time go by, as much as a source takes to reconnect several times after `retry` milliseconds. */
async function watchAnotherReconnect({ stage, play }: Setting, retry: number): Promise<void> {
  const answer = [{ event: { retry, data: '' } }]
  const { url } = await stage([answer, answer, answer])
  await play(url)
}

specify('close() is instant, and may be called again', async ({ stage, open }) => {
  const { url } = await stage([[{ stall: true }]])
  const source = open(url)
  equal([source.close(), source.readyState], [undefined, 2])
  equal([source.close(), source.readyState], [undefined, 2])
})

specify('close() releases the connection', async ({ stage, open, record }) => {
  const { url, closed } = await stage([[{ event: { data: 'a' } }, { stall: true }]])
  const source = open(url)
  await record(source).until(2)
  source.close()
  equal(await closed(1), 'client')
})

specify(
  'close() releases a connection that was redirected',
  async ({ stage, open, record }) => {
    const { url, closed } = await stage([[{ redirect: 'play?to' }], [{ event: { data: 'a' } }, { stall: true }]])
    const source = open(url)
    await record(source).until(2)
    source.close()
    equal(await closed(2), 'client')
  },
  { differs: 'releaseAfterRedirect' },
)

specify('close() releases a request without an answer', async ({ stage, open }) => {
  const { url, requests, closed } = await stage([[{ stall: true }]])
  const source = open(url)
  await requests(1)
  source.close()
  equal(await closed(1), 'client')
})

specify(
  'nothing is dispatched after a close() in the same task as the constructor',
  async (setting) => {
    const { url } = await setting.stage([[{ event: { retry: 50, data: 'a' } }], [{ event: { data: 'b' } }]])
    const source = setting.open(url)
    const { seen } = setting.record(source)
    source.close()
    await watchAnotherReconnect(setting, 50)
    equal(seen, [])
  },
  { differs: 'closeAtOnce' },
)

specify('nothing is dispatched after a close() in open', async (setting) => {
  const { url, requests, closed } = await setting.stage([[{ event: { retry: 50, data: 'a' } }, { gate: 'never' }]])
  const source = setting.open(url)
  const { seen, until } = setting.record(source)
  source.addEventListener('open', () => source.close())
  await until(1)
  equal(await closed(1), 'client')
  await watchAnotherReconnect(setting, 50)
  equal([seen.map(({ type }) => type), (await requests(1)).length], [['open'], 1])
})

specify(
  'the rest of a chunk is not dispatched after a close()',
  async (setting) => {
    const { url } = await setting.stage([[{ bytes: 'retry: 50\ndata: a\n\ndata: b\n\nevent: c\ndata: c\n\n' }]])
    const source = setting.open(url)
    const { seen, until } = setting.record(source, ['message', 'c', 'error'])
    source.addEventListener('message', () => source.close())
    await until(1)
    await watchAnotherReconnect(setting, 50)
    equal(
      seen.map(({ data }) => data),
      ['a'],
    )
  },
  { differs: 'closeInListener' },
)

specify('other listeners of the event in hand still hear of it', async ({ stage, open }) => {
  const { url } = await stage([[{ event: { data: 'a' } }, { stall: true }]])
  const source = open(url)
  const heard: string[] = []
  source.addEventListener('message', () => source.close())
  const second = new Promise<void>((resolve) => {
    source.addEventListener('message', () => {
      heard.push('second')
      resolve()
    })
  })
  await within('the second listener', second)
  equal([heard, source.readyState], [['second'], 2])
})

specify('a pending retry of a closed source never happens', async (setting) => {
  const { url, requests } = await setting.stage([[{ event: { retry: 100, data: 'a' } }], [{ event: { data: 'b' } }]])
  const source = setting.open(url)
  source.addEventListener('error', () => source.close())
  const { seen, until } = setting.record(source)
  await until(3)
  equal([seen[2]!.type, source.readyState], ['error', 2])
  await watchAnotherReconnect(setting, 100)
  equal([(await requests(1)).length, seen.length], [1, 3])
})

specify('a close() while it waits stops the retry', async (setting) => {
  const { url, requests } = await setting.stage([[{ event: { retry: 500, data: 'a' } }], [{ event: { data: 'b' } }]])
  const source = setting.open(url)
  const { seen, until } = setting.record(source)
  await until(3)
  await new Promise((resolve) => setTimeout(resolve))
  equal(source.readyState, 0)
  source.close()
  await watchAnotherReconnect(setting, 300)
  equal([(await requests(1)).length, seen.length, source.readyState], [1, 3, 2])
})

specify('a failed source stays closed', async (setting) => {
  const { url, requests } = await setting.stage([[{ event: { retry: 50, data: 'a' } }], [{ status: 404 }]])
  const source = setting.open(url)
  const { seen, until } = setting.record(source)
  await until(4)
  source.close()
  await watchAnotherReconnect(setting, 50)
  equal([(await requests(2)).length, seen.length, source.readyState], [2, 4, 2])
})
