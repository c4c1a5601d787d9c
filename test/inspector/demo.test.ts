import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { BROWSERS } from '../support/browsers.js'
import { figure, phase, press, reaches, until } from './page.js'

const program = fileURLToPath(new URL('../../scripts/demo/main.mjs', import.meta.url))
const OURS = 'eventwire'

it("the page of npm start shows the demo's own stream, and its buttons act on it", async () => {
  const demo = spawn(process.execPath, [program, '--interval', '50ms'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(demo, 'close')
  const lines: string[] = []
  createInterface({ input: demo.stdout }).on('line', (line) => lines.push(line))
  const browser = await BROWSERS[0]!.launch()
  try {
    await until(() => Promise.resolve(lines.some((line) => line.startsWith('page '))), 'the address')
    const page = await browser.newPage()
    await page.goto(/http\S+/.exec(lines.find((line) => line.startsWith('page '))!)![0])
    // The saboteur cuts it by itself.
    await reaches(page, OURS, ['connections', 3])
    expect([await figure(page, OURS, 'lost'), await figure(page, OURS, 'repeated')]).toEqual(['0', '0'])

    const score = page.getByRole('region', { name: 'The score in the terminal' })
    const scored = async (name: string): Promise<number> =>
      Number(await score.locator(`[data-figure="${name}"]`).textContent())
    await until(async () => (await scored('received')) > 20 && (await scored('cuts')) > 1, 'the score')

    const kills = await scored('kills')
    await press(page, 'Restart server')
    await until(async () => (await scored('kills')) > kills, 'a kill in the score')
    await until(async () => (await phase(page, OURS)) === 'open', 'our client being back')
    await press(page, 'Trim history')
    await until(async () => (await scored('gaps')) > 0, 'a gap in the score')
    expect(await scored('repeated')).toBe(0)

    demo.kill('SIGINT')
    expect((await closed)[0]).toBe(0)
    await until(async () => (await phase(page, OURS)) !== 'open', 'the page noticing')
  } finally {
    demo.kill('SIGKILL')
    await browser.close()
  }
})
