import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScriptedServer } from 'eventwire/testing/server'
import { afterAll, describe, expect, it } from 'vitest'
import { run, start } from '../support/cli.js'
import { Cleanup } from '../support/leaks/cleanup.js'

const folder = mkdtempSync(join(tmpdir(), 'eventwire-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function serve(cleanup: Cleanup, args: string[], input?: string): Promise<string> {
  const server = start(['serve', '--port', '0', ...args], { ...(input !== undefined && { input }) })
  cleanup.defer(async () => {
    server.child.kill('SIGINT')
    expect((await server.done).code).toBe(0)
  })
  return (await server.says(/http:\/\/\S+/))[0].replace(';', '')
}

const STREAM = 'id: 1\ndata: one\n\nevent: tick\nid: 2\ndata: a\ndata: b\n\nid: 3\ndata: three'

describe.concurrent('serve and tail', () => {
  it('a reader without an id gets the file from its start, one with an id what follows', async () => {
    await using cleanup = new Cleanup()
    const url = await serve(cleanup, [file('a.sse', STREAM)])
    const whole = await run(['tail', url, '-n', '3', '-q'])
    expect(whole).toEqual({ code: 0, stdout: 'message #1 one\ntick #2 a\n  b\nmessage #3 three\n', stderr: '' })
    const rest = await run(['tail', url, '--json', '-n', '1', '--last-event-id', '2', '-q'])
    expect(rest.stdout).toBe('{"event":"message","data":"three","id":"3"}\n')
  })

  it('survives cuts in the middle of events, each event once', async () => {
    await using cleanup = new Cleanup()
    const url = await serve(cleanup, [file('b.sse', STREAM), '--cut-after', '1', '--retry', '20ms', '--end'])
    const { code, stdout } = await run(['tail', url, '--json', '-q'])
    expect(stdout.split('\n').map((line) => line && (JSON.parse(line) as { id: string }).id)).toEqual([
      '1',
      '2',
      '3',
      '',
    ])
    expect(code).toBe(0)
  })

  it('numbers events without an id, of NDJSON and of lines', async () => {
    await using cleanup = new Cleanup()
    const ndjson = await serve(cleanup, [file('c.ndjson', '{"event":"x","data":{"a":1}}\n{"z":2}\n"text"\n'), '--end'])
    expect((await run(['tail', ndjson, '-q'])).stdout).toBe('x #1 {"a":1}\nmessage #2 {"z":2}\nmessage #3 "text"\n')
    const lines = await serve(cleanup, [file('d.txt', 'one\n\ntwo\n'), '--end'])
    expect((await run(['tail', lines, '-q'])).stdout).toBe('message #1 one\nmessage #2 two\n')
  })

  it('serves standard input, and keeps it for readers that come later', async () => {
    await using cleanup = new Cleanup()
    const url = await serve(cleanup, ['-', '--end'], 'one\ntwo\n')
    expect((await run(['tail', url, '-q'])).stdout).toMatch(/^message #\w+-1 one\nmessage #\w+-2 two\n$/)
  })

  it('tells a reader whose place is gone', async () => {
    await using cleanup = new Cleanup()
    const url = await serve(cleanup, [file('e.txt', 'a\nb\nc\nd\n'), '--history', '2', '--end'])
    const { stdout } = await run(['tail', url, '-q', '--last-event-id', '1'])
    expect(stdout).toBe(
      'reset {"reason":"trimmed","requested":"1"}\nmessage #3 c\nmessage #4 d\n'.replace('reset ', 'reset #1 '),
    )
  })

  it('lets no text of a server steer the terminal', async () => {
    await using server = await createScriptedServer([{ event: { data: 'a\u001b[31mred\u009b2J' } }])
    const { stdout } = await run(['tail', server.url, '-n', '1', '-q'])
    expect(stdout).toBe('message a␛[31mred\\u009b2J\n')
  })

  it('ends well where its reader leaves', async () => {
    await using cleanup = new Cleanup()
    const url = await serve(cleanup, [file('f.txt', 'line\n'.repeat(50_000))])
    const tail = start(['tail', url, '-q'])
    await tail.says(/line/)
    tail.child.stdout!.destroy()
    expect(await tail.done).toMatchObject({ code: 0, stderr: '' })
  })

  it('ends well at Ctrl-C', async () => {
    await using cleanup = new Cleanup()
    const tail = start(['tail', await serve(cleanup, [file('g.txt', 'line\n')])])
    await tail.says(/line/)
    tail.child.kill('SIGINT')
    expect((await tail.done).code).toBe(0)
  })
})

describe.concurrent('what is wrong is one line, and the exit code says whose fault it is', () => {
  const missing = join(folder, 'missing.sse')
  it.each([
    [['tail'], 2, /^eventwire: missing required argument 'url'\n$/],
    [['tail', '--bogus', 'x'], 2, /^eventwire: unknown option '--bogus'\n$/],
    [['bogus'], 2, /^eventwire: unknown command 'bogus'\n$/],
    [['tail', 'ftp://x/'], 2, /^eventwire: .*It takes an address such as https.*\n$/],
    [['tail', 'x', '--for', 'ever'], 2, /^eventwire: .*duration such as 500ms.*\n$/],
    [['tail', 'x', '-H', 'nonsense'], 2, /^eventwire: .*header field such as.*\n$/],
    [['tail', 'http://127.0.0.1:1/', '-q'], 1, /^eventwire: .+\n$/],
    [['tail', 'http://nowhere.invalid/', '-q'], 1, /^eventwire: .+\n$/],
    [['check', 'http://127.0.0.1:1/'], 1, /^eventwire: no answer from http:\/\/127\.0\.0\.1:1: .+\n$/],
    [['check'], 2, /^eventwire: check takes one of.*\n$/],
    [['check', '--parser', missing], 2, /^eventwire: cannot read .*: there is no such file\n$/],
    [['serve', missing], 2, /^eventwire: cannot read .*: there is no such file\n$/],
    [['serve', folder], 2, /^eventwire: cannot read .*: it is a folder\n$/],
    [['serve', '--port', '99999'], 2, /^eventwire: .*whole number from 0 to 65535.*\n$/],
  ])('%j', async (args, code, message) => {
    const ran = await run(args)
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toMatch(message)
  })

  it('names the line of NDJSON that is none', async () => {
    const { code, stderr } = await run(['serve', file('bad.ndjson', '{"data":"a"}\n{oops\n')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^eventwire: .*bad\.ndjson, line 2: .+\n$/)
  })

  it('a wrong content type fails with 1', async () => {
    await using server = await createScriptedServer([{ headers: { 'content-type': 'text/html' } }, { bytes: '<p>' }])
    const { code, stderr } = await run(['tail', server.url, '-q'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^eventwire: .*text\/html.*\n$/)
  })
})

it.concurrent.for(['', 'tail', 'serve', 'check', 'load', 'inspect'])('%s --help', async (name, context) => {
  const { code, stdout } = await run([...(name === '' ? [] : [name]), '--help'])
  context.expect(code).toBe(0)
  await context.expect(stdout).toMatchFileSnapshot(`golden/help-${name || 'eventwire'}.txt`)
})
