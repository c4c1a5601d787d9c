import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Cleanup } from '../support/leaks/cleanup.js'
import { until } from '../inspector/page.js'
import { BROWSERS } from '../support/browsers.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = readFileSync(join(ROOT, 'docs/guides/chat.md'), 'utf8')

const blockOf = (language: string): string => GUIDE.split(`\`\`\`${language}\n`)[1]!.split('\n```')[0]!
const SERVER = blockOf('js')
const PAGE = blockOf('html')

/** `node:sqlite` is in Node from version 22. */
function nodeWithSqlite(): string {
  const others = [process.env['NODE_WITH_SQLITE'], join(ROOT, 'test/runtimes/node_modules/node24/bin/node')]
  const found = process.getBuiltinModule('node:sqlite')
    ? process.execPath
    : others.find((path) => path && existsSync(path))
  if (!found)
    throw new Error('Run `npm ci --prefix test/runtimes` first, or name a Node with SQLite in NODE_WITH_SQLITE.')
  return found
}

/** Stands for the API of a model: each question is answered word by word, when the test says so. */
class Model {
  readonly answers: ServerResponse[] = []
  readonly #server = createServer((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    this.answers.push(res)
  })

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  say(answer: ServerResponse, content: string): void {
    answer.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** The server of the guide, in a folder of its own. */
class Chat {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eventwire-chat-'))
  #process: ChildProcess | undefined
  readonly #env: Record<string, string>

  constructor(modelUrl: string, port: number) {
    this.#env = { MODEL_URL: modelUrl, PORT: String(port), MODEL_KEY: 'key' }
    mkdirSync(join(this.#folder, 'node_modules'))
    symlinkSync(ROOT, join(this.#folder, 'node_modules/eventwire'), 'junction')
    writeFileSync(join(this.#folder, 'server.mjs'), SERVER)
    writeFileSync(join(this.#folder, 'page.html'), PAGE)
  }

  get url(): string {
    return `http://localhost:${this.#env['PORT']}`
  }

  async start(): Promise<void> {
    const child = spawn(nodeWithSqlite(), ['server.mjs'], {
      cwd: this.#folder,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (chunk) => (errors += String(chunk)))
    this.#process = child
    await until(async () => {
      if (child.exitCode !== null) throw new Error(errors)
      return fetch(this.url).then(
        (response) => response.ok,
        () => false,
      )
    }, 'the server of the chat')
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const shown = (page: Page, text: string): Promise<void> =>
  until(async () => (await page.locator('p').textContent()) === text, `the text ${text}`)
const state = (page: Page, text: string): Promise<void> =>
  until(async () => (await page.locator('output').textContent()) === text, `the state ${text}`)

let browser: Browser
beforeAll(async () => {
  browser = await BROWSERS[0]!.launch()
})
afterAll(() => browser.close())

it('is at most 40 lines on the server and 20 in the page', () => {
  expect(SERVER.split('\n').length).toBeLessThanOrEqual(40)
  expect(PAGE.split('\n').length).toBeLessThanOrEqual(20)
})

it('in Chromium: reload in the middle, a second tab, stop, a model that fails, kill -9; each state is seen', async () => {
  await using cleanup = new Cleanup()
  const model = new Model()
  const chat = new Chat(await model.start(), await freePort())
  cleanup.defer(() => model.close())
  cleanup.use(chat)
  await chat.start()
  const page = await browser.newPage()
  cleanup.defer(() => page.close())

  const ask = async (): Promise<ServerResponse> => {
    const { length } = model.answers
    await page.locator('input').fill('Greet')
    const before = page.url()
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.waitForURL((url) => url.href !== before)
    await until(async () => model.answers.length > length, 'the question at the model')
    return model.answers[length]!
  }

  // An address that has no answer.
  await page.goto(`${chat.url}/nothing`)
  await state(page, 'undefined')

  // Reload in the middle, and a second tab.
  const first = await ask()
  model.say(first, 'Hel')
  await shown(page, 'Hel')
  await state(page, 'running')
  await page.reload()
  await shown(page, 'Hel')
  const tab = await browser.newPage()
  await tab.goto(page.url())
  await shown(tab, 'Hel')
  model.say(first, 'lo\n')
  model.say(first, ' world')
  for (const each of [page, tab]) await shown(each, 'Hello\n world')
  await tab.close()
  first.end('data: [DONE]\n\n')
  await state(page, 'done')
  await page.reload()
  await shown(page, 'Hello\n world')
  await state(page, 'done')

  // The button ends the request to the model.
  const second = await ask()
  const cancelled = once(second, 'close')
  model.say(second, 'Hel')
  await shown(page, 'Hel')
  await page.getByRole('button', { name: 'Stop' }).click()
  await cancelled
  await state(page, 'stopped')
  await shown(page, 'Hel')

  // The model's answer ends before it is whole.
  const third = await ask()
  model.say(third, 'Hel')
  await shown(page, 'Hel')
  third.end()
  await state(page, 'failed')
  await shown(page, 'Hel')

  // The server dies, and is started again.
  const fourth = await ask()
  model.say(fourth, 'Hel')
  await shown(page, 'Hel')
  await chat.kill()
  await chat.start()
  await state(page, 'lost')
  await shown(page, 'Hel')
})
