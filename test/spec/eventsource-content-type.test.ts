import { equal, specify } from './eventsource/specify.js'

const OPENS = [
  'text/event-stream',
  'text/event-stream;',
  'text/event-stream ; x',
  'TEXT/Event-Stream',
  'text/event-stream;charset=UTF-8',
  'text/event-stream;charset=windows-1252',
  'text/event-stream; charset="utf-16"',
  'text/html, text/event-stream',
]

const FAILS = [
  'x bogus',
  'text/x-bogus',
  'text/plain',
  'text/event-streams',
  'text/event-stream2; x',
  'text/event stream',
  'text/event-stream text/event-stream',
  'application/octet-stream',
  'text/event-stream, text/html',
  '*/*',
]

for (const type of OPENS) {
  specify(`the type ${type} opens, and is read as UTF-8`, async ({ stage, open, record }) => {
    const { url } = await stage([[{ headers: { 'content-type': type } }, { bytes: 'data: ü€\n\n' }, { stall: true }]])
    const [first, second] = await record(open(url)).until(2)
    equal([first!.type, second!.data], ['open', 'ü€'])
  })
}

for (const type of FAILS) {
  specify(`the type ${type} fails the connection`, async ({ stage, play }) => {
    const { url, requests } = await stage([[{ headers: { 'content-type': type } }, { bytes: 'data: x\n\n' }]])
    equal(await play(url), [{ type: 'error', readyState: 2 }])
    equal((await requests(1)).length, 1)
  })
}

specify('no type at all fails the connection', async ({ stage, play }) => {
  const { url } = await stage([[{ headers: { 'content-type': null } }, { bytes: 'data: x\n\n' }]])
  equal(await play(url), [{ type: 'error', readyState: 2 }])
})

specify('a wrong type after a reconnect closes', async ({ stage, play }) => {
  const { url } = await stage([[{ event: { retry: 50, data: 'a' } }], [{ headers: { 'content-type': 'text/html' } }]])
  equal((await play(url)).at(-1), { type: 'error', readyState: 2 })
})
