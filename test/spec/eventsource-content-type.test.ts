import { equal, specify, type Setting, type SpecifyOptions } from './eventsource/specify.js'

const OPENS = [
  'text/event-stream',
  'text/event-stream;',
  'text/event-stream ; x',
  'TEXT/Event-Stream',
  'text/event-stream;charset=UTF-8',
]

const FAILS = [
  'x bogus',
  'text/x-bogus',
  'text/plain',
  'text/event-streams',
  'text/event-stream2; x',
  'text/event stream',
  'application/octet-stream',
  'text/event-stream, text/html',
  '*/*',
]

function expectOpen(type: string, options?: SpecifyOptions): void {
  const rule = `the type ${type} opens, and is read as UTF-8`
  const body = async ({ stage, open, record }: Setting): Promise<void> => {
    const { url } = await stage([[{ headers: { 'content-type': type } }, { bytes: 'data: ü€\n\n' }, { stall: true }]])
    const [first, second] = await record(open(url)).until(2)
    equal([first!.type, second!.data], ['open', 'ü€'])
  }
  specify(rule, body, options)
}

for (const type of OPENS) expectOpen(type)
expectOpen('text/html, text/event-stream', { differs: 'typeList' })
expectOpen('text/event-stream;charset=windows-1252', { differs: 'charset' })
expectOpen('text/event-stream; charset="utf-16"', { differs: 'charset' })

function expectFailure(type: string, options?: SpecifyOptions): void {
  const body = async ({ stage, play }: Setting): Promise<void> => {
    const { url, requests } = await stage([
      [{ headers: { 'content-type': type } }, { bytes: 'retry: 50\ndata: x\n\n' }],
    ])
    equal(await play(url), [{ type: 'error', readyState: 2 }])
    equal((await requests(1)).length, 1)
  }
  specify(`the type ${type} fails the connection`, body, options)
}

for (const type of FAILS) expectFailure(type)
expectFailure('text/event-stream text/event-stream', { differs: 'typeWithSpace' })

specify('no type at all fails the connection', async ({ stage, play }) => {
  const { url } = await stage([[{ headers: { 'content-type': null } }, { bytes: 'data: x\n\n' }]])
  equal(await play(url), [{ type: 'error', readyState: 2 }])
})

specify('a wrong type after a reconnect closes', async ({ stage, play }) => {
  const { url } = await stage([[{ event: { retry: 50, data: 'a' } }], [{ headers: { 'content-type': 'text/html' } }]])
  equal((await play(url)).at(-1), { type: 'error', readyState: 2 })
})
