import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../../dist/client/index.js'
import { CERTIFICATE } from '../../support/servers/certificate.ts'
import { programPath } from './install.mjs'
import { answers } from './ports.mjs'
import { freePort } from '../../../scripts/lib/free-port.mjs'
import { start } from './program.mjs'
import { loop } from './readers.mjs'

/** Our client, behind a peer. `once`: it does not come back. */
export const read = (url, handlers) =>
  loop((at, { signal }) =>
    connect(at, { signal, ...(handlers.once ? { reconnect: 'never' } : {}), ...handlers.setting.client }),
  )(url, handlers)

/** Our client over TLS, and over HTTP/2 where the server speaks it. */
export const readOverTls = (url, handlers) =>
  loop(async function* (at, { signal }) {
    const { Agent, fetch } = await import('undici')
    const dispatcher = new Agent({ allowH2: true, connect: { ca: CERTIFICATE.cert } })
    const once = handlers.once ? { reconnect: 'never' } : {}
    yield* connect(at, { signal, fetch, dispatcher, ...once, ...handlers.setting.client })
  })(url, handlers)

export const tls = CERTIFICATE

/** nginx as it comes, but for what is said: `location` and `server` are directives there, `modules` are loaded. */
export const nginx = ({ location = '', http = '', modules = [], secure = false } = {}) => ({
  async start(upstream) {
    const folder = await mkdtemp(join(tmpdir(), 'eventwire-nginx-'))
    const port = await freePort()
    await writeFile(join(folder, 'key.pem'), CERTIFICATE.key)
    await writeFile(join(folder, 'cert.pem'), CERTIFICATE.cert)
    const listen = secure
      ? `listen 127.0.0.1:${port} ssl http2; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`
      : `listen 127.0.0.1:${port};`
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    const config = `${modules.map((name) => `load_module /usr/lib/nginx/modules/${name}.so;`).join('\n')}
daemon off; master_process off; pid ${folder}/pid; error_log stderr emerg;
events {}
http {
  access_log off; ${temporary.join(' ')} ${http}
  server { ${listen} location / { proxy_pass http://127.0.0.1:${upstream}; ${location} } }
}`
    await writeFile(join(folder, 'nginx.conf'), config)
    const program = start(programPath('nginx'), ['-p', folder, '-c', join(folder, 'nginx.conf')])
    await answers(port, program)
    return {
      url: `${secure ? 'https' : 'http'}://localhost:${port}`,
      async close() {
        await program.close()
        await rm(folder, { recursive: true })
      },
    }
  },
})

export const NGINX = {
  kind: 'between',
  programs: ['nginx'],
  debian: [{ name: 'nginx-light' }],
  version: { of: 'nginx', command: ['nginx', '-v'] },
  read,
}

/** HAProxy as its documentation has it, with these options more. */
export const haproxy = (options = '') => ({
  async start(upstream) {
    const folder = await mkdtemp(join(tmpdir(), 'eventwire-haproxy-'))
    const port = await freePort()
    const config = `defaults
  mode http
  timeout connect 5s
  timeout client 1m
  timeout server 1m
  ${options}
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server one 127.0.0.1:${upstream}
`
    await writeFile(join(folder, 'haproxy.cfg'), config)
    const program = start(programPath('haproxy'), ['-db', '-q', '-f', join(folder, 'haproxy.cfg')])
    await answers(port, program)
    return {
      url: `http://localhost:${port}`,
      async close() {
        await program.close()
        await rm(folder, { recursive: true })
      },
    }
  },
})

/** The middleware that compresses what Express answers. */
export const compressing = (load) => ({
  wrap(handler) {
    let compress
    return async (req, res) => {
      compress ??= (await load()).default({ threshold: 0 })
      compress(req, res, () => handler(req, res))
    }
  },
})
