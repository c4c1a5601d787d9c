import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { read } from '../../lib/between.mjs'
import { IDLE_TIMEOUT, RETRY_AFTER_IDLE } from '../../lib/known.mjs'
import { freePort } from '../../../../scripts/lib/free-port.mjs'

export default {
  name: "Vite's proxy",
  kind: 'between',
  order: 40,
  npm: ['vite'],
  between: {
    async start(upstream) {
      const { createServer } = await import('vite')
      const root = await mkdtemp(join(tmpdir(), 'eventwire-vite-'))
      const port = await freePort()
      const server = await createServer({
        root,
        configFile: false,
        logLevel: 'silent',
        server: { port, host: '127.0.0.1', proxy: { '/events': `http://127.0.0.1:${upstream}` } },
      })
      await server.listen()
      return {
        url: `http://127.0.0.1:${port}`,
        async close() {
          server.httpServer.closeAllConnections()
          await server.close()
          await rm(root, { recursive: true })
        },
      }
    },
  },
  read,
  patience: 5000,
  needs: [IDLE_TIMEOUT],
  differs: { retry: RETRY_AFTER_IDLE },
}
