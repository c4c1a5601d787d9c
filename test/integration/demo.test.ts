import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../scripts/demo/main.mjs', import.meta.url))

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, lines: createInterface({ input: child.stdout }) }
}

async function runToEnd(...args: string[]): Promise<{ code: number; lines: string[]; error: string }> {
  const { child, lines } = start(...args)
  const seen: string[] = []
  let error = ''
  lines.on('line', (line) => seen.push(line))
  child.stderr.on('data', (text) => (error += text))
  const [code] = (await once(child, 'close')) as [number]
  return { code, lines: seen, error }
}

/** Node 20 has no SQLite: the history does not survive the server there, which is not killed then. */
const isDurable = process.getBuiltinModule('node:sqlite') !== undefined

it('ends by itself, with nothing lost, nothing repeated, after cuts in the middle of events', async () => {
  const { code, lines } = await runToEnd('--for', isDurable ? '12s' : '2s', '--interval', '10ms')
  expect(lines.at(-1)).toMatch(/^received \d{2,}, lost 0, repeated 0; \d+ cuts, [1-9]\d* of them in the middle/)
  expect(lines.at(-1)).toMatch(isDurable ? /; [1-9]\d* kills of the server/ : /; 0 kills/)
  expect(lines.at(-1)).toMatch(/0 gaps told; 0 readers left behind$/)
  expect(lines.filter((line) => line.startsWith('resumed  after')).length).toBeGreaterThan(0)
  expect(code).toBe(0)
})

it('ends cleanly on Ctrl-C, and says the score', async () => {
  const { child, lines } = start('--interval', '10ms')
  let last = ''
  const closed = once(child, 'close')
  for await (const line of lines) {
    // Once: a second Ctrl-C ends any process at once.
    if (line.startsWith('tick ') && !child.killed) child.kill('SIGINT')
    last = line
  }
  expect((await closed)[0]).toBe(0)
  expect(last).toMatch(/lost 0, repeated 0/)
})

it.each([
  [['--for', '10'], '--for takes a duration such as 500ms, 10s or 2m, not "10"'],
  [['--for='], '--for takes a duration such as 500ms, 10s or 2m, not ""'],
  [['--for', '99999m'], '--for takes up to 2147483647 ms (24 days), not "99999m"'],
  [['--unknown'], "Unknown option '--unknown'"],
])('says what is wrong with %j', async (args, message) => {
  const { code, error } = await runToEnd(...args)
  expect(error).toContain(message)
  expect(code).toBe(2)
})
