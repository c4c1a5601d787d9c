import { equal, specify, type Setting, type SpecifyOptions } from './eventsource/specify.js'

/** Each answer is one connection, the next request then says where the source stands. */
function expectIds(rule: string, answers: string[], expected: (string | undefined)[], options?: SpecifyOptions): void {
  const body = async ({ stage, play }: Setting): Promise<void> => {
    const { url, requests } = await stage(answers.map((bytes) => [{ bytes: `retry: 50\n${bytes}` }]))
    await play(url)
    equal(
      (await requests(answers.length + 1)).map((request) => request.lastEventId),
      [undefined, ...expected],
    )
  }
  specify(rule, body, options)
}

expectIds('the last event ID is sent with the next request', ['id: 1\ndata: a\n\nid: 2\ndata: b\n\n'], ['2'])
expectIds('it persists over connections without an id', ['id: 1\ndata: a\n\n', 'data: b\n\n', ''], ['1', '1', '1'])
expectIds(
  'an empty id resets it: no header',
  ['id: 1\ndata: a\n\n', 'id:\ndata: b\n\n', 'id: 2\n\nid\n\n'],
  ['1', undefined, undefined],
)
expectIds('an id without data counts', ['id: 1\n\n'], ['1'], { differs: 'idWithoutData' })
expectIds('an id with NUL is ignored', ['id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n'], ['1'])
expectIds('the last id of a block counts', ['id: 1\nid: 2\ndata: a\n\n'], ['2'])
expectIds(
  'the id of a block that is unfinished at the end does not count',
  ['id: 1\ndata: a\n\nid: 2\ndata: b\n'],
  ['1'],
)
expectIds('an unfinished reset does not count either', ['id: 1\ndata: a\n\nid:\n'], ['1'])
expectIds(
  'an id outside Latin-1 goes back as its UTF-8 bytes, each time',
  ['id: …€😀\ndata: a\n\n', '', 'id: 日本\ndata: b\n\n', 'data: c\n\n'],
  ['…€😀', '…€😀', '日本', '日本'],
  { differs: 'idBytes' },
)
expectIds('so does one within Latin-1', ['id: ü\ndata: a\n\n', ''], ['ü', 'ü'], { differs: 'idBytes' })
expectIds('an id of many characters is sent whole', [`id: ${'x'.repeat(3000)}\ndata: a\n\n`], ['x'.repeat(3000)])

specify('lastEventId persists over events and connections', async ({ stage, open, record }) => {
  const { url } = await stage([
    [{ bytes: 'retry: 50\ndata: a\n\nid: 1\ndata: b\n\ndata: c\n\n' }],
    [{ bytes: 'data: d\n\nid: 2\ndata: e\n\ndata: f\n\nid\ndata: g\n\n' }, { stall: true }],
  ])
  const { until } = record(open(url), ['message'])
  equal(
    (await until(7)).map(({ data, lastEventId }) => [data, lastEventId]),
    [
      ['a', ''],
      ['b', '1'],
      ['c', '1'],
      ['d', '1'],
      ['e', '2'],
      ['f', '2'],
      ['g', ''],
    ],
  )
})

specify(
  'an event with an id that is ignored for its NUL comes all the same',
  async ({ stage, open, record }) => {
    const { url } = await stage([[{ bytes: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\ndata: c\n\n' }, { stall: true }]])
    const { until } = record(open(url), ['message'])
    equal(
      (await until(3)).map(({ data, lastEventId }) => [data, lastEventId]),
      [
        ['a', '1'],
        ['b', '1'],
        ['c', '1'],
      ],
    )
  },
  { differs: 'eventWithNulId' },
)

specify(
  'an id without data counts for the events after it',
  async ({ stage, open, record }) => {
    const { url } = await stage([[{ bytes: 'id: 1\n\ndata: a\n\n' }, { stall: true }]])
    const [, message] = await record(open(url)).until(2)
    equal(message!.lastEventId, '1')
  },
  { differs: 'idWithoutData' },
)

specify('each source has an id of its own', async ({ stage, play }) => {
  const first = await stage([[{ bytes: 'retry: 50\nid: 1\ndata: a\n\n' }]])
  const second = await stage([[{ bytes: 'retry: 50\ndata: a\n\n' }]])
  await Promise.all([play(first.url), play(second.url)])
  equal((await first.requests(2))[1]!.lastEventId, '1')
  equal((await second.requests(2))[1]!.lastEventId, undefined)
})
