import { BETWEEN_EXCHANGES, EXCHANGES } from './exchanges.mjs'
import { Scene } from './scene.mjs'
import { createStage } from './stage.mjs'
import { SERVER_EXCHANGES } from './server-exchanges.mjs'
import { ServerScene } from './server-scene.mjs'
import { Mismatch, setPatience } from './wait.mjs'

/**
 * Runs the exchanges of a peer and gives one result for each: `{ exchange, status, text }`, with the status `yes`, `set` (it needs
 * what `text` says), `no` (`text` says what came instead) or `none` (`text` says why there is nothing to try).
 */
export async function* runPeer(peer, { only, uncaught = [] }) {
  setPatience(peer.patience)
  const { exchanges, open } = peer.kind === 'server' ? serverSide(peer) : readerSide(peer)
  for (const exchange of Object.keys(exchanges)) {
    if (only && exchange !== only) continue
    if (peer.exchanges && !peer.exchanges.includes(exchange)) continue
    if (peer.without?.[exchange]) {
      yield { exchange, status: 'none', text: peer.without[exchange] }
      continue
    }
    const once = async (setting) => {
      uncaught.length = 0
      const scene = await open(setting)
      try {
        const text = await exchanges[exchange](scene)
        return { exchange, status: 'yes', text }
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error
        const thrown = uncaught.length > 0 ? `; uncaught: ${uncaught[0]?.message ?? uncaught[0]}` : ''
        return { exchange, status: 'no', text: error.message + thrown }
      } finally {
        await scene.close()
      }
    }
    // A busy machine must not count against anybody: what fails is tried once more.
    const twice = async (setting) => {
      const result = await once(setting)
      return result.status === 'yes' ? result : once(setting)
    }
    const setting = peer.needs?.find(({ exchanges: names }) => names.includes(exchange))
    const expectedToFail = setting !== undefined || peer.differs?.[exchange] !== undefined
    const plain = await (expectedToFail ? once() : twice())
    if (plain.status === 'yes' || setting === undefined) {
      yield plain
      continue
    }
    const withIt = await twice(setting)
    yield withIt.status === 'yes' ? { exchange, status: 'set', text: setting.set, without: plain.text } : withIt
  }
}

function readerSide(peer) {
  return {
    exchanges: peer.kind === 'between' ? { ...EXCHANGES, ...BETWEEN_EXCHANGES } : EXCHANGES,
    async open(setting) {
      const stage = await createStage({ pages: peer.pages, between: setting?.between ?? peer.between })
      const scene = new Scene(peer, stage, setting)
      return closing(scene, () => stage.close())
    },
  }
}

function serverSide(peer) {
  return { exchanges: SERVER_EXCHANGES, open: (setting) => ServerScene.open(peer, setting) }
}

/** Closes what the scene stands on after the scene. */
function closing(scene, after) {
  const close = scene.close.bind(scene)
  scene.close = async () => {
    await close()
    await after()
  }
  return scene
}
