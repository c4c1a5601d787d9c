import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../scripts/lib/free-port.mjs'

export interface Nginx extends AsyncDisposable {
  readonly url: string
  /** One for each port it listens on. */
  readonly urls: readonly string[]
}

/**
 * nginx before the servers on `upstream`, as it comes (it buffers) but for `directives` of the location. It listens on
 * several ports where a browser is to have more than its six connections.
 */
export async function startNginx(upstream: number | readonly number[], directives = '', listens = 1): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'eventwire-nginx-'))
  const ports = await Promise.all(Array.from({ length: listens }, freePort))
  // Else nginx takes a server that was away once for dead, for ten seconds.
  const servers = [upstream].flat().map((port) => `server 127.0.0.1:${port} max_fails=0;`)
  const config = join(folder, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  upstream app { ${servers.join(' ')} }
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port};`).join(' ')}
    location / { proxy_pass http://app; ${directives} }
  }
}`,
  )
  const command = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx'
  const nginx = spawn(command, ['-p', folder, '-c', config], { stdio: ['ignore', 'inherit', 'inherit'] })
  const exit = once(nginx, 'exit')
  const urls = ports.map((port) => `http://127.0.0.1:${port}/`)
  await answers(ports[0]!)
  return {
    url: urls[0]!,
    urls,
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGKILL')
      await exit
      await rm(folder, { recursive: true })
    },
  }
}

async function answers(port: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('nginx did not start')
}
