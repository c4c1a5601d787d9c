import { testFixtures } from '../support/fixtures/spec.js'

testFixtures('data')
