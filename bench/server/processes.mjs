import { fork, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process that answers commands, one at a time. */
export class Worker {
  #child
  #waiting = new Map()

  constructor(file, args = [], execArgv = []) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv, serialization: 'advanced' })
    this.#child.on('message', ({ name, result }) => {
      this.#waiting.get(name)?.resolve(result)
      this.#waiting.delete(name)
    })
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ${args} ended with ${code}`))
    })
  }

  /** Waits for what the process says by itself. */
  hear(name) {
    return new Promise((resolve, reject) => this.#waiting.set(name, { resolve, reject }))
  }

  ask(name, value) {
    const answer = this.hear(name)
    this.#child.send({ name, value })
    return answer
  }

  async end() {
    if (this.#child.exitCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#waiting.clear()
    this.#child.kill()
    await ended
  }
}

/** Connections that one process may have, as far as the limit of open files says. */
export function connectionLimit() {
  try {
    const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
    return Number.isFinite(limit) ? limit - 200 : Infinity
  } catch {
    return Infinity
  }
}
