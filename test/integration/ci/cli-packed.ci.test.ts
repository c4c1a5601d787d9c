import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createChannel } from 'eventwire/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../../support/servers/http.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'eventwire-packed-'))
const started: ChildProcess[] = []

/** Starts what a user would type, in a shell, in a folder where the tarball is installed. */
function shell(line: string) {
  const child = spawn('bash', ['-c', `set -o pipefail; ${line}`], {
    cwd: folder,
    detached: true,
    env: { ...process.env, NO_COLOR: '1' },
  })
  started.push(child)
  const seen = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => (seen.stdout += text))
  child.stderr.on('data', (text) => (seen.stderr += text))
  const done = once(child, 'close').then(([code]) => ({ ...seen, code: code as number | null }))
  const says = (pattern: RegExp): Promise<string> =>
    expect
      .poll(() => pattern.exec(seen.stdout + seen.stderr)?.[0] ?? '', { timeout: 50_000 })
      .toMatch(pattern)
      .then(() => pattern.exec(seen.stdout + seen.stderr)![0])
  /** Ctrl-C reaches all programs of the line. */
  const interrupt = (): boolean => process.kill(-child.pid!, 'SIGINT')
  return { done, says, interrupt }
}

beforeAll(() => {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], {
    cwd: folder,
    stdio: 'pipe',
  })
  // A pipe whose reader has left is noticed at the next write: there has to be one.
  const texts = ['one', 'two', 'three', ...Array.from({ length: 60 }, (_, n) => `more ${n}`)]
  writeFileSync(join(folder, 'recorded.sse'), texts.map((text, n) => `id: ${n + 1}\ndata: ${text}\n\n`).join(''))
})
afterAll(() => {
  for (const { pid, exitCode } of started) {
    try {
      if (exitCode === null) process.kill(-pid!, 'SIGKILL')
    } catch {
      // It is gone.
    }
  }
  rmSync(folder, { recursive: true, force: true })
})

describe('the command from the packed tarball', () => {
  it('serve and tail: a file, a pipe whose reader leaves, and Ctrl-C', async () => {
    const server = shell('npx --no-install eventwire serve recorded.sse --port 0 --interval 100ms')
    const url = await server.says(/http:\/\/\S+\//)
    const head = await shell(`npx --no-install eventwire tail ${url} --json | head -n 1`).done
    expect(JSON.parse(head.stdout)).toEqual({ event: 'message', data: 'one', id: '1' })
    const resumed = await shell(`npx --no-install eventwire tail ${url} --last-event-id 1 -n 2 -q`).done
    expect(resumed).toMatchObject({ code: 0, stdout: 'message #2 two\nmessage #3 three\n', stderr: '' })
    const tail = shell(`exec node_modules/.bin/eventwire tail ${url}`)
    await tail.says(/three/)
    tail.interrupt()
    expect((await tail.done).code).toBe(0)
    server.interrupt()
    await server.done
  })

  it('check: exit codes and formats', async () => {
    const channel = createChannel({ heartbeat: 200 })
    await using server = await serve(channel.node)
    const timer = setInterval(() => void channel.publish('tick', { n: 1 }), 100)
    const right = await shell(`npx --no-install eventwire check ${server.url} --watch 1s`).done
    expect(right.stdout).toMatch(/\n0 errors, /)
    expect(right.code).toBe(0)
    clearInterval(timer)
    await channel.close()
    const nobody = await shell('npx --no-install eventwire check http://127.0.0.1:1/').done
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
    expect(nobody.stderr).toMatch(/^eventwire: no answer from .*\n$/)
  })

  it('load: 2,500 connections, and none is left', async () => {
    const channel = createChannel<{ tick: { at: number } }>()
    await using server = await serve(channel.node)
    const timer = setInterval(() => void channel.publish('tick', { at: Date.now() }), 1000)
    const args = '-c 2500 --ramp 5s --for 3s --timeout 2m --sent-at at --json'
    const { stdout, stderr, code } = await shell(
      `ulimit -n 8192; npx --no-install eventwire load ${server.url} ${args}`,
    ).done
    clearInterval(timer)
    expect(stderr).toBe('')
    const sum = JSON.parse(stdout) as { latencies: Record<string, { p50: number; p99: number; count: number }> }
    expect(sum).toMatchObject({ opened: 2500, stayed: 2500, failed: 0 })
    expect(sum.latencies['open']!.count).toBe(2500)
    expect(sum.latencies['delivery']!.p99).toBeGreaterThanOrEqual(sum.latencies['delivery']!.p50)
    expect(code).toBe(0)
    await expect.poll(() => channel.connections, { timeout: 30_000 }).toBe(0)
    await channel.close()
  })

  it('load: Ctrl-C ends early, with the numbers so far', async () => {
    const channel = createChannel()
    await using server = await serve(channel.node)
    const load = shell(`exec node_modules/.bin/eventwire load ${server.url} -c 10 --ramp 0s --for 10m`)
    await expect.poll(() => channel.connections, { timeout: 50_000 }).toBe(10)
    load.interrupt()
    const { code, stdout } = await load.done
    expect(stdout).toContain('10 of 10 opened, 10 stayed, 0 failed')
    expect(code).toBe(0)
    await channel.close()
  })

  it('on a terminal: colours and a progress bar, no colours under NO_COLOR, and a cursor that comes back', async () => {
    const server = shell('npx --no-install eventwire serve recorded.sse --port 0 --interval 100ms')
    const url = await server.says(/http:\/\/\S+\//)
    // Without `exec` the shell of `script` hears Ctrl-C as well, and sh then ends with 130 whatever the command did.
    const onTerminal = (args: string, environment = 'NO_COLOR='): string =>
      `${environment} TERM=xterm script -qec 'exec node_modules/.bin/eventwire ${args}' /dev/null`
    const coloured = await shell(onTerminal(`tail ${url} -n 1`)).done
    expect(coloured.stdout).toContain('\u001b[36mmessage\u001b[39m')
    const plain = await shell(onTerminal(`tail ${url} -n 1`, 'NO_COLOR=1')).done
    expect(plain.stdout).toMatch(/\bopen: 200\r\nmessage #1 one\r\n/)
    // The terminal hands Ctrl-C on to its program.
    const load = shell(
      `(sleep 2; until [ -e seen ]; do sleep 0.1; done; printf '\\003') | ${onTerminal(`load ${url} -c 5 --ramp 0s --for 10m`)}`,
    )
    await load.says(/5\/5 open/)
    writeFileSync(join(folder, 'seen'), '')
    const { stdout, code } = await load.done
    expect(stdout).toContain('5 of 5 opened, 5 stayed, 0 failed')
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'))
    expect(code).toBe(0)
    server.interrupt()
    await server.done
  })

  it('inspect: the page is in the tarball', async () => {
    const inspect = shell("exec node_modules/.bin/eventwire inspect -H 'authorization: Bearer abc' http://127.0.0.1:1/")
    const url = await inspect.says(/http:\/\/127\.0\.0\.1:\d+\/\w+\//)
    for (const file of ['', 'app.js', 'style.css']) expect((await fetch(url + file)).status).toBe(200)
    expect(await (await fetch(`${url}config`)).json()).toMatchObject({ url: 'http://127.0.0.1:1/', method: 'GET' })
    inspect.interrupt()
    expect((await inspect.done).code).toBe(0)
  })
})
