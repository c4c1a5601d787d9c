import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'
import { relay } from '../spec/eventsource/relay.js'

/** Where the stage server is. Only the environment is common to the set-up and the plugin. */
export const STAGE_URL = 'EVENTWIRE_STAGE_URL'

/** Serves the stage server on the origin of the page, byte by byte, and its losses too. */
export function stageProxy(): Plugin {
  return {
    name: 'stage-proxy',
    configureServer({ middlewares }) {
      middlewares.use((req, res, next) => {
        if (!req.url!.startsWith('/stage')) return next()
        relay(req, res, process.env[STAGE_URL]!)
      })
    },
  }
}

/** The service worker of msw, where its start looks for it. */
export function mswWorker(): Plugin {
  return {
    name: 'msw-worker',
    configureServer({ middlewares }) {
      middlewares.use('/mockServiceWorker.js', (_req, res) => {
        res.setHeader('content-type', 'text/javascript')
        res.end(readFileSync(fileURLToPath(import.meta.resolve('msw/mockServiceWorker.js'))))
      })
    },
  }
}
