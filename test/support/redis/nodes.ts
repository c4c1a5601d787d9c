import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { CorsOptions } from '../../../src/server/cors.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface NodeConfig {
  redisPort: number
  library: 'ioredis' | 'redis'
  key: string
  maxLen?: number
  blockMs?: number
  timeoutMs?: number
  history?: { size?: number }
  /** Default: a free one. */
  port?: number
  cors?: CorsOptions
  /** Milliseconds that its goodbyes are spread over. */
  drain?: number
}

export interface ToNode {
  number: number
  event: string
  data: unknown
  ephemeral?: boolean
}

export type FromNode =
  | { type: 'listening'; port: number }
  | { type: 'published'; number: number; id: string }
  | { type: 'refused'; number: number; code: string; published: 'no' | 'unknown' }
  | { type: 'error'; message: string }

export type Outcome = { id: string } | { code: string; published: 'no' | 'unknown' }

/** A server process of its own, as in production. */
export class RedisNode implements AsyncDisposable {
  /** What `onError` of the channel was given. */
  readonly errors: string[] = []
  port = 0
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()
  #count = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message: FromNode) => this.#hear(message))
    child.on('exit', () => {
      for (const resolve of this.#waiting.values()) resolve({ code: 'DIED', published: 'unknown' })
    })
  }

  static async start(program: string, config: NodeConfig): Promise<RedisNode> {
    const node = new RedisNode(fork(program, [JSON.stringify(config)], { execArgv: ['--enable-source-maps'] }))
    while (node.port === 0) await once(node.#child, 'message')
    return node
  }

  get pid(): number {
    return this.#child.pid!
  }

  publish(event: string, data: unknown, options: { ephemeral?: boolean } = {}): Promise<Outcome> {
    const number = this.#count++
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#child.send({ number, event, data, ...options } satisfies ToNode, (error) => {
        if (error) resolve({ code: 'DIED', published: 'unknown' })
      })
    })
  }

  /** It says goodbye to its readers first. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await once(this.#child, 'exit')
  }

  #hear(message: FromNode): void {
    if (message.type === 'listening') this.port = message.port
    else if (message.type === 'error') this.errors.push(message.message)
    else {
      this.#waiting.get(message.number)?.(message)
      this.#waiting.delete(message.number)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

/** Builds the program of the server processes from the sources. */
export async function buildNodeProgram(): Promise<AsyncDisposable & { path: string }> {
  // Within the repository, so that it finds the client libraries.
  const folder = `${root}/node_modules/.cache/eventwire`
  const path = `${folder}/redis-node-${process.pid}.mjs`
  await mkdir(folder, { recursive: true })
  await build({
    entryPoints: [`${root}/test/support/redis/node.ts`],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    external: ['ioredis', 'redis'],
  })
  return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}
