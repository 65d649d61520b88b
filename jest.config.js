/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  // Graphs of whole stacks take a second each, and several seconds on a busy machine.
  testTimeout: 30_000,
  modulePathIgnorePatterns: ["<rootDir>/.tools", "<rootDir>/.slipway"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  testEnvironmentOptions: { globalsCleanup: "off" },
};
