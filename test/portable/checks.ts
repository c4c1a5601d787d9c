import type { Check } from './check.js'
import { clientChecks } from './client.js'
import { corpusChecks } from './corpus.js'
import { fixtures } from './embedded-fixtures.js'
import { encoderChecks } from './encoder.js'
import { serverChecks } from './server.js'

/**
 * All that every runtime has to pass, by topic. The rules of EventSource have files of their own.
 *
 * @param base origin of the stage server
 */
export function portableChecks(base: string): Record<string, Check[]> {
  return {
    'corpus of streams': corpusChecks(fixtures),
    encoder: encoderChecks,
    client: clientChecks(base),
    server: serverChecks,
  }
}
