import { testFixtures } from '../support/fixtures/spec.js'

testFixtures('event-type')
