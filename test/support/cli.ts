import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../dist/cli/eventwire.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Ran>
  /** Resolves with the first match in what was written so far, on either stream. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts the built command as a user would. A test that starts one that does not end by itself kills it. */
export function start(args: readonly string[], { input, env = {} }: { input?: string; env?: object } = {}): Running {
  const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, NO_COLOR: '1', ...env } })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  const tell = (): void => waiting.forEach((look) => look())
  child.stdout.on('data', (text) => ((stdout += text), tell()))
  child.stderr.on('data', (text) => ((stderr += text), tell()))
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  const done = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return {
    child,
    done,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout + stderr)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        void done.then(() => reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`)))
        look()
      }),
  }
}

export const run = (args: readonly string[], options?: Parameters<typeof start>[1]): Promise<Ran> =>
  start(args, options).done
