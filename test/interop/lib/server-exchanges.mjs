import { expectEqual, Mismatch, until } from './wait.mjs'

/** Each is sent with the stream left open: what arrives was not held back until the end. */
const texts = async (scene, name) => {
  const reading = scene.read(name)
  await scene.has(reading, scene.expected(name).length)
  scene.expect(reading, scene.expected(name))
}

/** What our client exchanges with each server. See scripts.mjs for what the servers send. */
export const SERVER_EXCHANGES = {
  plain: (scene) => texts(scene, 'plain'),
  lines: (scene) => texts(scene, 'lines'),
  unicode(scene) {
    scene.cutter.trickle = true
    return texts(scene, 'unicode')
  },
  separators: (scene) => texts(scene, 'separators'),
  big: (scene) => texts(scene, 'big'),

  async cut(scene) {
    scene.cutter.arm(scene.peer.cutAfter ?? 20_000)
    const reading = scene.read('cut', { backoff: { min: 100 } })
    await scene.has(reading, 4)
    scene.expect(reading, scene.expected('cut'))
    expectEqual(scene.cutter.cuts, 1, 'cuts')
  },

  async retry(scene) {
    const reading = scene.read('retry', { backoff: { min: 10, jitter: 0 } })
    await scene.has(reading, 1)
    const before = scene.cutter.opened.length
    const cutAt = performance.now()
    scene.cutter.cut()
    await until(() => scene.cutter.opened.length > before, 'second request')
    const delay = Math.round(scene.cutter.opened[before] - cutAt)
    if (delay < 450 || delay > 1500) throw new Mismatch(`came back after ${delay} ms instead of 500`)
  },

  async end(scene) {
    const reading = scene.read('end', { backoff: { min: 100 } })
    await scene.has(reading, 1)
    let how
    void reading.connection.closed.then((reason) => (how = reason))
    await until(() => how, 'end')
    expectEqual(how, scene.peer.endsWith ?? 'no-content', 'closed')
    scene.expect(reading, scene.expected('end'))
    return how === 'end' ? 'ends' : '204'
  },

  async refusal(scene) {
    const since = performance.now()
    const reading = scene.read('refusal', { backoff: { min: 10 } })
    await scene.has(reading, 1)
    const delay = Math.round(performance.now() - since)
    if (delay < 950) throw new Mismatch(`came back after ${delay} ms, in spite of Retry-After: 1`)
    return 'back'
  },
}
