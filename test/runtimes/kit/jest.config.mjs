export default { testEnvironment: 'node', testMatch: ['**/jest.test.{mjs,cjs}'], transform: {} }
