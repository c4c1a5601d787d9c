import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../../scripts/lib/free-port.mjs'

export interface RedisServerOptions {
  /** `none` forgets all at a restart; `log` keeps all that was acknowledged; `manual` goes back to the last `SAVE`. */
  persistence?: 'none' | 'log' | 'manual'
  /** More of the configuration, by name. */
  config?: Record<string, string>
  /** A sentinel, which watches over others and appoints the master. */
  isSentinel?: boolean
}

/** A test that fails must not leave servers behind. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A `redis-server` of its own for a test, on a free port, with its files in a scratch directory. */
export class RedisServer implements AsyncDisposable {
  readonly port: number
  readonly #directory: string
  readonly #isSentinel: boolean
  #process: ChildProcess | undefined
  #admin: Redis | undefined

  private constructor(port: number, directory: string, isSentinel: boolean) {
    this.port = port
    this.#directory = directory
    this.#isSentinel = isSentinel
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const { persistence = 'none', config = {}, isSentinel = false } = options
    const directory = await mkdtemp(join(tmpdir(), 'eventwire-redis-'))
    const server = new RedisServer(await freePort(), directory, isSentinel)
    const all = {
      port: String(server.port),
      bind: '127.0.0.1',
      dir: directory,
      save: '""',
      appendonly: persistence === 'log' ? 'yes' : 'no',
      // Else a write may wait for the disk, and what was acknowledged dies with the process.
      appendfsync: 'always',
      ...config,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name} ${value}\n`)
    await writeFile(server.#config, lines.join(''))
    await server.launch()
    return server
  }

  get #config(): string {
    return join(this.#directory, 'redis.conf')
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#process!.pid!
  }

  /** Starts it again, on the same port and with what it has kept. */
  async launch(): Promise<void> {
    const child = spawn('redis-server', [this.#config, ...(this.#isSentinel ? ['--sentinel'] : [])], {
      stdio: 'ignore',
    })
    this.#process = child
    running.add(child)
    for (let tries = 0; ; tries++) {
      try {
        await this.run('PING')
        return
      } catch (error) {
        if (tries === 200 || child.exitCode !== null) {
          await this[Symbol.asyncDispose]()
          throw error
        }
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    }
  }

  /** Runs a command on a connection of its own, which the server's clients do not see. */
  async run(command: string, ...args: (string | number)[]): Promise<unknown> {
    this.#admin ??= new Redis({
      port: this.port,
      connectionName: 'admin',
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    }).on('error', () => {})
    if (this.#admin.status === 'end') await this.#admin.connect()
    return this.#admin.call(command, ...args)
  }

  /** The connections of others. */
  async clients(): Promise<string[]> {
    const list = String(await this.run('CLIENT', 'LIST'))
    return list.split('\n').filter((line) => line && !line.includes('name=admin'))
  }

  /** How often each command ran since `CONFIG RESETSTAT`, by its name. */
  async calls(): Promise<Record<string, number>> {
    const text = String(await this.run('INFO', 'commandstats'))
    return Object.fromEntries([...text.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name, n]) => [name, Number(n)]))
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** It accepts connections and answers nothing, until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    this.#admin?.disconnect()
    if (!child) return
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    running.delete(child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL')
    this.#admin = undefined
    await rm(this.#directory, { recursive: true, force: true })
  }
}
