import { afterEach, describe, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

async function load(): Promise<(task: () => void) => void> {
  return (await import('../../../src/eventsource/queue-task.js')).queueTask
}

/** Three tasks with long chains of promise jobs. */
async function trace(queueTask: (task: () => void) => void): Promise<string[]> {
  const log: string[] = []
  await new Promise<void>((resolve) => {
    const task = (number: number) => async (): Promise<void> => {
      log.push(`task ${number}`)
      if (number === 1) queueTask(task(4))
      for (let hop = 0; hop < 20; hop++) await undefined
      log.push(`jobs of ${number}`)
      if (number === 4) resolve()
    }
    for (const number of [1, 2, 3]) queueTask(task(number))
    log.push('queued')
  })
  return log
}

const IN_ORDER = ['queued', ...[1, 2, 3, 4].flatMap((number) => [`task ${number}`, `jobs of ${number}`])]

describe('tasks come in order, with all promise jobs between them', () => {
  it('by setImmediate', async () => {
    expect(await trace(await load())).toEqual(IN_ORDER)
  })

  it('by messages', async () => {
    vi.stubGlobal('setImmediate', undefined)
    const ports: MessagePort[] = []
    const { MessageChannel: Real } = globalThis
    const Watched = class extends Real {
      constructor() {
        super()
        ports.push(this.port1)
      }
    }
    vi.stubGlobal('MessageChannel', Watched)
    expect(await trace(await load())).toEqual(IN_ORDER)
    expect(ports).toHaveLength(1)
    ports[0]!.close()
  })

  it('by timers', async () => {
    vi.stubGlobal('setImmediate', undefined)
    vi.stubGlobal('MessageChannel', undefined)
    expect(await trace(await load())).toEqual(IN_ORDER)
  })
})

it('goes on after a task that throws', async () => {
  const thrown: (() => void)[] = []
  vi.stubGlobal('setImmediate', (task: () => void) => thrown.push(task))
  const queueTask = await load()
  const log: string[] = []
  queueTask(() => {
    throw new Error('mine')
  })
  queueTask(() => log.push('second'))
  expect(thrown[0]).toThrow('mine')
  thrown[1]!()
  expect(log).toEqual(['second'])
})
