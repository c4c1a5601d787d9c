import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Starts a program. `onLine` is told each line of its standard output; `ended` gives how it ended, `{ code, errors }`. Whoever
 * started it ends it with `close()`, which waits until it is gone.
 */
export function start(command, args, { onLine, onBytes, cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-4000)))
  if (onBytes) child.stdout.on('data', onBytes)
  else createInterface({ input: child.stdout }).on('line', (line) => onLine?.(line))
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, errors: String(error) }))
    child.once('close', (code) => resolve({ code: code ?? -1, errors }))
  })
  return {
    ended,
    get errors() {
      return errors
    },
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
