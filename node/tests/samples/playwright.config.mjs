// As a user's configuration, with the browser of the machine.
export default {
  testDir: process.env.TESTS ?? '.',
  testMatch: '*.spec.mjs',
  fullyParallel: true,
  workers: 2,
  retries: Number(process.env.RETRIES ?? 0),
  reporter: 'json',
  outputDir: process.env.RESULTS,
  use: {
    mediusflowServerOptions: { users: 0, groups: 0 },
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // The sandbox does not work for root, who runs containers.
      args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    },
  },
};
