// Playwright starts the server before the tests, waits until it is ready, and stops it after them.
// Your own settings go beside `webServer`.

export default {
  webServer: {
    command: 'mediusflow-mock serve --port 8420',
    url: 'http://127.0.0.1:8420/readyz',
    reuseExistingServer: !process.env.CI,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 1000 },
  },
};
