import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/client/connect.js'
import { Cleanup } from '../../support/leaks/cleanup.js'

const folder = fileURLToPath(new URL('../../../examples/redis-cluster-of-servers', import.meta.url))

it('the example runs: what is published at one server is read at all, through cuts and kills', async () => {
  const cleanup = new Cleanup()
  // Also after it took too long.
  onTestFinished(() => cleanup[Symbol.asyncDispose]())
  // A group of processes, so that it is stopped as Ctrl-C does it.
  const example = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const exited = once(example, 'exit')
  cleanup.defer(() => {
    if (example.exitCode === null && example.signalCode === null) process.kill(-example.pid!, 'SIGKILL')
  })
  let url = ''
  let redisPort = 0
  for await (const line of createInterface({ input: example.stdout })) {
    redisPort = Number(/^redis-server runs on port (\d+)$/.exec(line)?.[1] ?? redisPort)
    url = /^three servers at (\S+)$/.exec(line)?.[1] ?? url
    if (url) break
  }
  example.stdout.resume()
  let complaints = ''
  example.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))

  const page = await (await fetch(url)).text()
  const [, script] = /from '(\/eventwire\/[^']+)'/.exec(page)!
  expect(await (await fetch(new URL(script!, url))).text()).toMatch(/export/)
  expect((await fetch(new URL('/eventwire/../../package.json', url))).status).toBe(404)

  const servedBy = new Set<string>()
  const readers = Array.from({ length: 6 }, () => {
    const got: string[] = []
    const connection = connect<{ message: { text: string } }>(new URL('events', url), {
      decode: { message: (text) => JSON.parse(text) as { text: string } },
      backoff: { min: 20, max: 200 },
      retryHint: false,
      onOpen: (response) => void servedBy.add(response.headers.get('x-server')!),
    })
    const reading = (async () => {
      for await (const { event, data } of connection) got.push(event === 'message' ? data.text : event)
    })()
    cleanup.defer(async () => {
      await connection.close()
      await reading
    })
    return { connection, got }
  })
  const everyone = (isSo: (got: string[]) => boolean): Promise<void> =>
    expect.poll(() => readers.every(({ got }) => isSo(got))).toBe(true)
  await Promise.all(readers.map(({ connection }) => connection.opened))
  await expect.poll(() => readers.every(({ connection }) => connection.lastEventId !== '')).toBe(true)
  expect(servedBy).toEqual(new Set(['A', 'B', 'C']))

  const sent: string[] = []
  const post = (path: string, body?: string): Promise<Response> => fetch(new URL(path, url), { method: 'POST', body })
  for (let number = 0; number < 60; number++) {
    const text = String(number)
    // The server that has it may be the one that was killed; then it is for the next to publish.
    const answer = await post('messages', text)
    if (answer.status === 201) sent.push(text)
    if (number === 20) await post('cut').catch(() => {})
    if (number === 40) await post('kill')
  }
  expect(sent.length).toBeGreaterThan(50)
  await everyone((got) => got.includes(sent.at(-1)!))
  for (const { got } of readers) expect(got.filter((text) => sent.includes(text))).toEqual(sent)
  for (const { got } of readers) expect(new Set(got).size).toBe(got.length)

  process.kill(-example.pid!, 'SIGINT')
  await exited
  expect(complaints.replaceAll(/^(npm warn .*|eventwire: building)\n/gm, '')).toBe('')
  await expect(fetch(url)).rejects.toThrow()
  await expect(fetch(`http://127.0.0.1:${redisPort}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
}, 180_000)
