import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ConnectOptions } from '../../src/client/types.js'
import { scriptedResponse } from '../../src/testing/scripted-response.js'
import type { Step } from '../../src/testing/script/steps.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUIDE = readFileSync(join(ROOT, 'docs/guides/llm.md'), 'utf8')
const CODE = GUIDE.split('## All of them behind one function')[1]!.split('```ts\n')[1]!.split('\n```')[0]!

interface Guide {
  dialects: Record<string, object>
  ask(dialect: object, url: string, options: ConnectOptions): AsyncIterable<string>
}

const BODIES: Record<string, string> = {
  openai: 'openai-chat',
  openrouter: 'openrouter',
  openaiResponses: 'openai-responses',
  anthropic: 'anthropic',
  gemini: 'gemini',
}

let guide: Guide
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: CODE, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
    alias: { 'eventwire/client': join(ROOT, 'src/client/index.ts') },
  })
  guide = (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`)) as Guide
}, 60_000)

async function answer(name: string, steps: readonly Step[]): Promise<string> {
  const options = { body: '{}', fetch: async () => scriptedResponse(steps) }
  let text = ''
  for await (const piece of guide.ask(guide.dialects[name]!, 'http://localhost/', options)) text += piece
  return text
}

it('each dialect of the guide has a body', () => {
  expect(new Set(Object.keys(guide.dialects))).toEqual(new Set(Object.keys(BODIES)))
})

describe.each(Object.entries(BODIES))('the dialect %s', (name, file) => {
  const body = readFileSync(join(ROOT, `test/integration/llm/${file}.sse`))

  it('gives the text, whole and a byte at a time', async () => {
    expect(await answer(name, [{ bytes: body }, { end: true }])).toBe('Hello\n world')
    expect(await answer(name, [{ bytes: body, drip: { size: 1 } }, { end: true }])).toBe('Hello\n world')
  })

  it('says so where the answer was cut', async () => {
    const blocks = body.toString().split(/(?<=\n\r?\n)/)
    const cut = blocks.slice(0, -1).join('')
    for (const last of [{ end: true }, { cut: 'reset' }] as const) {
      await expect(answer(name, [{ bytes: cut }, last])).rejects.toMatchObject({ name: 'ConnectError' })
    }
    await expect(answer(name, [{ bytes: cut }, { end: true }])).rejects.toMatchObject({ kind: 'incomplete' })
  })
})

it.each(['openai', 'openrouter', 'anthropic'])(
  'the dialect %s throws what the API says in mid-stream',
  async (name) => {
    const event = name === 'anthropic' ? 'error' : undefined
    const data = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    await expect(answer(name, [{ event: { event, data } }, { stall: true }])).rejects.toThrow('Overloaded')
  },
)
